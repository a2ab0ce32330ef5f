"""Files from elsewhere, kept only when their digest is the one that was pinned."""

from __future__ import annotations

import hashlib
import http.client
import logging
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path
from typing import IO

from mtlcurves.data.locations import is_remote, name_in
from mtlcurves.errors import DataError
from mtlcurves.sections import Download
from mtlcurves.tables import atomic

log = logging.getLogger(__name__)

CHUNK = 1 << 20
TIMEOUT = 60.0


def sha256_of(path: Path | str) -> str:
    """Digest a file."""
    with Path(path).open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def verify(path: Path | str, sha256: str | None) -> None:
    """Refuse a file whose digest is not the expected one.

    Raises
    ------
    DataError
        Naming the file, the digest expected and the digest found.
    """
    found = sha256_of(path)
    if sha256 is not None and found != sha256:
        raise DataError(f"{path}: {_differs(sha256, found)}")


def _differs(expected: str, found: str) -> str:
    return (
        f"sha256 differs: expected {expected}, found {found}; the file is corrupted, truncated or another version"
    )


def download(url: str, sha256: str | None, destination: Path) -> str:
    """Fetch a file from a URL; it appears under its name only when it is whole and has the expected digest.

    Parameters
    ----------
    url : str
        ``http(s)://``, ``ftp://`` or ``file://``.
    sha256 : str or None
        Expected digest; None accepts any.
    destination : Path
        Where the file goes.

    Returns
    -------
    str
        Digest of the file.

    Raises
    ------
    DataError
        When the server cannot be reached or answers with an error or a web page, the transfer breaks off, or the
        digest differs. Nothing is left behind.
    """
    log.info("fetching %s", url)
    request = urllib.request.Request(url, headers={"User-Agent": "mtlcurves"})
    with atomic(destination) as handle:
        try:
            response = urllib.request.urlopen(request, timeout=TIMEOUT)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise DataError(f"{url}: cannot be fetched ({error}); is the address right, and reachable?") from error
        with response:
            found = _copy(url, response, handle)
        if sha256 is not None and found != sha256:
            raise DataError(f"{url}: {_differs(sha256, found)}; {destination} was not kept")
    log.info("%s: sha256 %s", destination, found)
    return found


def _copy(url: str, response: http.client.HTTPResponse, handle: IO[bytes]) -> str:
    digest, received = hashlib.sha256(), 0
    while True:
        try:
            chunk = response.read(CHUNK)
        except (OSError, http.client.HTTPException) as error:
            raise DataError(f"{url}: broke off after {received} bytes ({error}); try again") from error
        if received == 0 and chunk.lstrip()[:9].lower().startswith((b"<!doctype", b"<html")):
            raise DataError(
                f"{url}: the server answered with a web page; fetch the file with a browser and name its path"
            )
        if not chunk:
            break
        digest.update(chunk)
        received += len(chunk)
        handle.write(chunk)
    size = response.headers.get("Content-Length")
    if size is not None and int(size) != received:
        raise DataError(f"{url}: broke off after {received} of {size} bytes; try again")
    return digest.hexdigest()


def fetch_pinned(source: Download, key: str, folder: Path) -> tuple[Path, str | None]:
    """Bring a file that the configuration names, asking for its digest where there is none.

    Parameters
    ----------
    source : Download
        URL or local path, and its digest.
    key : str
        Key of `source` in the configuration, for the messages.
    folder : Path
        Where a file from a URL is kept. One that is there already is not fetched again unless the digest is
        another; without a digest it is kept too, so that pinning it costs no second transfer.

    Returns
    -------
    path : Path
        The file.
    request : str or None
        What to write into the configuration when the file came from a URL and no digest is pinned.

    Raises
    ------
    DataError
        When the file cannot be brought or its digest differs.
    """
    if not is_remote(source.url):
        if not Path(source.url).is_file():
            raise DataError(
                f"{key}.url: no file {source.url!r}; paths start at the working directory, {Path.cwd()}"
            )
        verify(source.url, source.sha256)
        return Path(source.url), None
    path = folder / name_in(source.url)
    if not path.is_file() or (source.sha256 is not None and sha256_of(path) != source.sha256):
        download(source.url, source.sha256, path)
    if source.sha256 is not None:
        return path, None
    return path, f"{key}.sha256: {sha256_of(path)}  # of {path}, from {source.url}"


def fetch_table(url: str, sha256: str | None, destination: Path) -> None:
    """Fetch a user's table from its URL.

    Parameters
    ----------
    url : str
        Where it is.
    sha256 : str or None
        Expected digest.
    destination : Path
        Where the file goes.

    Raises
    ------
    DataError
        As :func:`download` does; and, where no digest is pinned, with the one to pin.
    """
    found = download(url, sha256, destination)
    if sha256 is None:
        raise DataError(
            f"{url}: was fetched, but nothing says that it is the right file; if it is, pin it in the "
            f"configuration:\n  source.sha256: {found}"
        )


def fetch_wheel(name: str, version: str, sha256: str, destination: Path) -> None:
    """Fetch a pure Python wheel with pip, without its dependencies and without installing it.

    Parameters
    ----------
    name, version : str
        Package and version.
    sha256 : str
        Expected digest.
    destination : Path
        Where the wheel goes.

    Raises
    ------
    DataError
        When pip fails, or the digest differs; nothing is left behind.
    """
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", f"{name}=={version}", "--dest", folder]
        command += ["--no-deps", "--only-binary", ":all:", "--disable-pip-version-check", "--no-input"]
        done = subprocess.run(command, capture_output=True, text=True)
        log.info("%s\n%s%s", " ".join(command), done.stdout, done.stderr)
        wheels = sorted(Path(folder).glob("*.whl"))
        if done.returncode or len(wheels) != 1:
            reason = next(
                (line for line in done.stderr.splitlines() if "ERROR" in line or "No module" in line), ""
            )
            raise DataError(f"{name}=={version}: pip could not fetch the wheel ({reason or 'see the log'})")
        found = sha256_of(wheels[0])
        if found != sha256:
            raise DataError(f"{wheels[0].name}: {_differs(sha256, found)}; {destination} was not kept")
        with wheels[0].open("rb") as wheel, atomic(destination) as handle:
            shutil.copyfileobj(wheel, handle)
