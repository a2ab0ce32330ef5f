"""A real Slurm on this machine, for tests: munged, slurmctld and one slurmd for each of some pretended nodes.

Everything listens on loopback and lies in one folder; nothing under /etc is read. By hand, until interrupted::

    python tests/slurm/cluster.py /tmp/cluster
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Self

PACKAGES = "munge slurmctld slurmd slurm-client slurm-wlm-basic-plugins"
ACCOUNTING_PACKAGES = "slurmdbd slurm-wlm-mysql-plugin mariadb-server-core mariadb-client-core"
DAEMONS = ["munged", "slurmctld", "slurmd"]
ACCOUNTING_DAEMONS = ["slurmdbd", "mariadbd", "mariadb-install-db"]
CLIENTS = ["sacct", "sacctmgr", "sbatch", "scancel", "scontrol", "sinfo", "squeue", "srun", "sshare", "sstat"]
SEARCHED = os.environ["PATH"] + ":/usr/sbin:/sbin"
LINKED = "AuthType=auth/munge\nAuthInfo=socket={folder}/munge/socket,cred_expire=5\n"
CONFIG = """\
ClusterName=pretended
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort={port}
SlurmUser=root
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool/%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmctldLogFile={folder}/log/slurmctld
SlurmdLogFile={folder}/log/slurmd-%n
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
# no cgroups and no systemd; sizes of nodes are believed
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SwitchType=switch/none
SlurmdParameters=config_overrides
ReturnToService=1
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
GresTypes=gpu
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
SchedulerParameters=batch_sched_delay=0,bf_interval=2,sched_interval=2
InactiveLimit=0
KillWait=2
MinJobAge={min_job_age}
{nodes}PartitionName=DEFAULT MaxTime=INFINITE DefaultTime=60 State=UP
PartitionName=cpu Nodes={cpu_nodes} Default=YES PriorityTier=1
PartitionName=urgent Nodes={cpu_nodes} PriorityTier=2
PartitionName=gpu Nodes=gpu1
"""
NODE = "NodeName={name} NodeHostname=localhost NodeAddr=127.0.0.1 Port={port} CPUs=8 RealMemory=16000 {more}\n"
ACCOUNTING = """\
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=127.0.0.1
AccountingStoragePort={port}
AccountingStoragePass={folder}/munge/socket
"""
DATABASE = """\
DbdHost=localhost
DbdAddr=127.0.0.1
DbdPort={port}
SlurmUser=root
LogFile={folder}/log/slurmdbd
PidFile={folder}/slurmdbd.pid
StorageType=accounting_storage/mysql
StorageHost=127.0.0.1
StoragePort={database_port}
StorageUser=slurm
StoragePass=slurm
"""
USER = "CREATE USER slurm@127.0.0.1 IDENTIFIED BY 'slurm';\nGRANT ALL ON *.* TO slurm@127.0.0.1;\n"


def missing(accounting: bool = False) -> str:
    """Say why no cluster can be started here, if so."""
    wanted = DAEMONS + CLIENTS + ACCOUNTING_DAEMONS * accounting
    absent = [name for name in wanted if not shutil.which(name, path=SEARCHED)]
    if absent:
        packages = f"{PACKAGES} {ACCOUNTING_PACKAGES}" if accounting else PACKAGES
        return f"no {', '.join(absent)} (Debian: apt-get install {packages})"
    return "" if os.geteuid() == 0 else "the daemons are started by root alone"


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(ready: Callable[[], object], seconds: float, what: str) -> None:
    """Wait for something, and fail when it takes too long."""
    end = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < end, f"no {what} within {seconds:g} s"
        time.sleep(0.1)


class Cluster:
    """A running cluster; leaving its ``with`` block ends it.

    Partitions: cpu (the default), urgent (the same nodes; its jobs push those of cpu back into the queue) and gpu
    (one node with two stand-ins for GPUs, which are really allocated).

    Parameters
    ----------
    folder : Path
        Where everything lies; new or empty.
    cpu_nodes : int
        Nodes without a GPU; each says that it has 8 cores and 16 GB.
    accounting : bool
        Whether a database keeps account of the jobs, so that sacct works.
    min_job_age : int
        Seconds for which squeue still shows a finished job.
    """

    def __init__(
        self, folder: Path, cpu_nodes: int = 2, accounting: bool = False, min_job_age: int = 3600
    ) -> None:
        self.folder, self.accounting = folder, accounting
        self.nodes = [*(f"cpu{i + 1}" for i in range(cpu_nodes)), "gpu1"]
        self._daemons: dict[str, subprocess.Popen[bytes]] = {}
        for name in ("munge", "state", "log", "spool", "clients", "gpus", "database"):
            (folder / name).mkdir(parents=True)
        (folder / "munge").chmod(0o711)
        for gpu in range(2):
            (folder / f"gpus/nvidia{gpu}").symlink_to("/dev/null")
        self._ports = {name: free_port() for name in ("slurmdbd", "database")}
        self._write("munge/key", secrets.token_hex(64))
        self._write("gres.conf", f"NodeName=gpu1 Name=gpu File={folder}/gpus/nvidia[0-1]\n")
        nodes = ""
        for name in self.nodes:
            nodes += NODE.format(name=name, port=free_port(), more="Gres=gpu:2" if name == "gpu1" else "")
            (folder / "spool" / name).mkdir()
        config = (LINKED + CONFIG).format(
            folder=folder,
            port=free_port(),
            min_job_age=min_job_age,
            cpu_nodes=",".join(self.nodes[:-1]),
            nodes=nodes,
        )
        if accounting:
            config += ACCOUNTING.format(folder=folder, port=self._ports["slurmdbd"])
            ports = {"port": self._ports["slurmdbd"], "database_port": self._ports["database"]}
            self._write("slurmdbd.conf", (LINKED + DATABASE).format(folder=folder, **ports))
            self._write("user.sql", USER)
        self._write("slurm.conf", config)
        for name in CLIENTS:
            # by name and not by SLURM_CONF alone, which Snakemake's jobs take out of their environment
            script = f'#!/bin/sh\nSLURM_CONF={folder}/slurm.conf exec {shutil.which(name, path=SEARCHED)} "$@"\n'
            self._write(f"clients/{name}", script)
            (folder / "clients" / name).chmod(0o755)
        self.environment = os.environ | {"PATH": f"{folder}/clients:{os.environ['PATH']}"}

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if "slurmctld" in self._daemons:
            subprocess.run(["scancel", "--user=root"], env=self.environment, timeout=20, check=False)
        for name in reversed(self._daemons):  # what others rest on comes last
            self._daemons[name].terminate()
        for name in reversed(self._daemons):
            try:
                self._daemons[name].wait(10)
            except subprocess.TimeoutExpired:
                self._daemons[name].kill()
                self._daemons[name].wait()
        self._end_leftovers()

    def _end_leftovers(self) -> None:
        """Kill what is left of jobs: without cgroups Slurm loses sight of a process whose parent it has killed."""
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):  # it ended meanwhile
                if f"{self.folder}/clients:".encode() in (process / "environ").read_bytes():
                    os.kill(int(process.name), signal.SIGKILL)

    def run(self, *command: str) -> str:
        """Run one of Slurm's commands and return what it prints."""
        return subprocess.run(command, env=self.environment, check=True, text=True, stdout=subprocess.PIPE).stdout

    def jobs(self) -> list[dict[str, str]]:
        """Every job that is known still, oldest first: what ``scontrol show job`` says of it."""
        lines = self.run("scontrol", "--oneliner", "show", "job").splitlines()
        return [dict(re.findall(r"(\S+?)=(\S*)", line)) for line in lines if line.startswith("JobId=")]

    def start(self, name: str) -> None:
        """Start a daemon: slurmctld, or slurmd-NODE."""
        kind, _, node = name.partition("-")
        options = ["-D", "-f", f"{self.folder}/slurm.conf", *(["-N", node] if node else [])]
        self._launch(name, kind, *options)
        if kind == "slurmctld":
            wait_until(self._answers, 30, "answer of slurmctld")

    def kill(self, name: str) -> None:
        """Kill a daemon (-9)."""
        self._daemons[name].kill()
        self._daemons[name].wait()

    def _start(self) -> None:
        munge = self.folder / "munge"
        files = {"key-file": "key", "socket": "socket", "pid-file": "pid", "seed-file": "seed", "log-file": "log"}
        options = [f"--{option}={munge}/{name}" for option, name in files.items()]
        self._launch("munged", "munged", "--foreground", "--force", *options)
        wait_until((munge / "socket").exists, 15, "socket of munged")
        if self.accounting:
            self._start_accounting()
        self.start("slurmctld")
        for node in self.nodes:
            self.start(f"slurmd-{node}")
        wait_until(lambda: set(self.run("sinfo", "-hNo", "%T").split()) == {"idle"}, 60, "idle nodes")

    def _start_accounting(self) -> None:
        data = f"--datadir={self.folder}/database"
        with (self.folder / "log/install").open("w") as log:
            command = ["mariadb-install-db", "--no-defaults", data, "--user=root", "--skip-test-db"]
            subprocess.run(command, env=os.environ | {"PATH": SEARCHED}, stdout=log, stderr=log, check=True)
        options = ["--no-defaults", data, "--user=root", "--bind-address=127.0.0.1", "--skip-name-resolve"]
        options += [f"--port={self._ports['database']}", f"--socket={self.folder}/database.socket"]
        options += [f"--init-file={self.folder}/user.sql", "--innodb-lock-wait-timeout=900"]
        self._launch("mariadbd", "mariadbd", *options)
        wait_until(lambda: self._listens("database"), 60, "database")
        self._launch("slurmdbd", "slurmdbd", "-D")
        wait_until(lambda: self._listens("slurmdbd"), 60, "slurmdbd")

    def _launch(self, name: str, program: str, *options: str) -> None:
        with (self.folder / "log" / f"{name}.out").open("ab") as log:
            self._daemons[name] = subprocess.Popen(
                [str(shutil.which(program, path=SEARCHED)), *options],
                env=os.environ | {"SLURM_CONF": f"{self.folder}/slurm.conf"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _answers(self) -> bool:
        ping = subprocess.run(["scontrol", "ping"], env=self.environment, capture_output=True, check=False)
        return ping.returncode == 0

    def _listens(self, name: str) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self._ports[name])) == 0

    def _write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.touch(0o600)
        path.write_text(text)


if __name__ == "__main__":
    if reason := missing():
        sys.exit(reason)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # so that the cluster ends, too
    with suppress(KeyboardInterrupt), Cluster(Path(sys.argv[1]).absolute()) as cluster:
        print(
            f"In another shell: export PATH={cluster.folder}/clients:$PATH. Ctrl-C ends the cluster.", flush=True
        )
        signal.pause()
