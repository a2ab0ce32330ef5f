"""Fetching: whole and with the right digest, or refused with nothing left behind."""

import errno
import hashlib
import http.server
import os
import threading
import zipfile

import pytest
from mtlcurves.data.fetch import download, fetch_pinned, fetch_wheel, sha256_of, verify
from mtlcurves.errors import DataError
from mtlcurves.sections import Download

CONTENT = b"smiles,x\n" + b"CCO,1\n" * 1000
DIGEST = hashlib.sha256(CONTENT).hexdigest()
WRONG = "0" * 64


class Server(http.server.BaseHTTPRequestHandler):
    """Serves good, broken-off and wrong answers."""

    requests: list[str] = []

    def do_GET(self):
        self.requests.append(self.path)
        if self.path.startswith("/gone"):
            return self.send_error(404)
        body = b"<!DOCTYPE html><html>Just a moment</html>" if self.path.startswith("/page") else CONTENT
        self.send_response(200)
        self.send_header("Content-Length", str(len(body) * (2 if self.path.startswith("/short") else 1)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def server():
    httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{httpd.server_port}"
    httpd.shutdown()


def left_in(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_whole_file_arrives(server, tmp_path):
    path = tmp_path / "deep" / "t.csv"
    assert download(f"{server}/t.csv", DIGEST, path) == DIGEST
    assert path.read_bytes() == CONTENT
    assert left_in(tmp_path) == [path]


def test_file_urls_are_fetched_alike(tmp_path):
    (tmp_path / "a b.csv").write_bytes(CONTENT)
    download((tmp_path / "a b.csv").as_uri(), DIGEST, tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("name", "sha256", "message"),
    [
        ("t.csv", WRONG, f"sha256 differs: expected {WRONG}, found {DIGEST}"),
        ("short.csv", None, f"broke off after {len(CONTENT)} of {2 * len(CONTENT)} bytes|IncompleteRead"),
        ("gone.csv", DIGEST, "cannot be fetched .*404"),
        ("page.xlsx", None, "the server answered with a web page"),
    ],
)
def test_what_is_refused_leaves_nothing(server, tmp_path, name, sha256, message):
    with pytest.raises(DataError, match=message) as error:
        download(f"{server}/{name}", sha256, tmp_path / name)
    assert f"{server}/{name}" in str(error.value)
    assert left_in(tmp_path) == []


def test_a_refused_file_does_not_replace_the_one_before(server, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("before")
    with pytest.raises(DataError):
        download(f"{server}/t.csv", WRONG, path)
    assert path.read_text() == "before"


def test_a_full_disk_leaves_nothing(server, tmp_path, monkeypatch):
    def full(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        download(f"{server}/t.csv", DIGEST, tmp_path / "t.csv")
    assert left_in(tmp_path) == []


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/t.csv", "file:///no/such/file.csv", "nowhere://x/t.csv"])
def test_unreachable(tmp_path, url):
    with pytest.raises(DataError, match="cannot be fetched"):
        download(url, DIGEST, tmp_path / "t.csv")
    assert left_in(tmp_path) == []


def test_verify_names_file_and_both_digests(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(CONTENT)
    verify(path, DIGEST)
    verify(path, None)
    with pytest.raises(DataError, match=f"{path}: sha256 differs: expected {WRONG}, found {DIGEST}"):
        verify(path, WRONG)


class TestPinning:
    """A file without a digest is fetched once, and used only when its digest is pinned."""

    def test_first_fetch_asks_for_the_digest_and_keeps_the_file(self, server, tmp_path):
        Server.requests.clear()
        source = Download(url=f"{server}/scores.csv")
        path, request = fetch_pinned(source, "source.scores", tmp_path)
        assert request.startswith(f"source.scores.sha256: {DIGEST}")
        assert path.read_bytes() == CONTENT
        again, _ = fetch_pinned(source, "source.scores", tmp_path)
        pinned, request = fetch_pinned(Download(url=source.url, sha256=DIGEST), "source.scores", tmp_path)
        assert again == pinned == path and request is None
        assert Server.requests == ["/scores.csv"]

    def test_a_wrong_pin_is_refused_after_one_more_fetch(self, server, tmp_path):
        path, _ = fetch_pinned(Download(url=f"{server}/scores.csv"), "source.scores", tmp_path)
        Server.requests.clear()
        with pytest.raises(DataError, match=f"expected {WRONG}, found {DIGEST}"):
            fetch_pinned(Download(url=f"{server}/scores.csv", sha256=WRONG), "source.scores", tmp_path)
        assert Server.requests == ["/scores.csv"]

    def test_a_stale_file_is_fetched_again(self, server, tmp_path):
        (tmp_path / "scores.csv").write_text("an older release")
        path, _ = fetch_pinned(Download(url=f"{server}/scores.csv", sha256=DIGEST), "source.scores", tmp_path)
        assert path.read_bytes() == CONTENT

    def test_local_files_need_no_digest_but_keep_to_one(self, tmp_path):
        path = tmp_path / "scores.csv"
        path.write_bytes(CONTENT)
        assert fetch_pinned(Download(url=str(path)), "source.scores", tmp_path) == (path, None)
        with pytest.raises(DataError, match="sha256 differs"):
            fetch_pinned(Download(url=str(path), sha256=WRONG), "source.scores", tmp_path)
        with pytest.raises(DataError, match=r"source\.scores\.url: no file"):
            fetch_pinned(Download(url="no-such.csv"), "source.scores", tmp_path)


@pytest.fixture
def index(tmp_path, monkeypatch):
    """A folder from which pip takes wheels instead of a package index, with one small wheel."""
    folder = tmp_path / "index"
    folder.mkdir()
    wheel = folder / "smallwheel-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("smallwheel/__init__.py", "raise SystemExit('imported')\n")
        archive.writestr(
            "smallwheel-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: smallwheel\nVersion: 1.0\n"
        )
        archive.writestr("smallwheel-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr("smallwheel-1.0.dist-info/RECORD", "")
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return wheel


def test_a_wheel_is_fetched_with_pip(index, tmp_path):
    target = tmp_path / "resources" / "w.whl"
    fetch_wheel("smallwheel", "1.0", sha256_of(index), target)
    assert target.read_bytes() == index.read_bytes()


def test_a_wheel_with_another_digest_is_refused(index, tmp_path):
    target = tmp_path / "resources" / "w.whl"
    with pytest.raises(DataError, match=f"expected {WRONG}, found {sha256_of(index)}.*w.whl was not kept"):
        fetch_wheel("smallwheel", "1.0", WRONG, target)
    assert not target.parent.exists()


def test_a_wheel_that_pip_cannot_find_is_an_error(index, tmp_path):
    with pytest.raises(DataError, match="smallwheel==2.0: pip could not fetch the wheel .*smallwheel==2.0"):
        fetch_wheel("smallwheel", "2.0", WRONG, tmp_path / "w.whl")
