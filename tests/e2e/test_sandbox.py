"""The sandbox from outside: what a command cannot do is looked for in the
files, processes and sockets of the host, and ordinary work must not notice."""
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

import pytest

from conftest import FRIDAY, alive, wait_for
from model_server import call, say

NOBODY = 65534
HELPER = os.path.join(os.environ.get("FRIDAY_DATA_DIR")
                      or os.path.dirname(FRIDAY), "libexec", "friday-sandbox")

pytestmark = pytest.mark.skipif(
    "namespaces 1" not in subprocess.run(
        [HELPER, "--probe"], stdout=subprocess.PIPE).stdout.decode(),
    reason="this machine refuses namespaces")


class Box:
    """A workspace and commands in its sandbox, as one user."""

    def __init__(self, friday, tmp_path, uid):
        self.friday, self.uid = friday, uid
        self.repo = friday.repo
        self.outside = tmp_path / "outside"
        self.outside.mkdir()
        self.outside.joinpath("secret.txt").write_text("TOP-SECRET")
        if uid:
            for top in (friday.repo, friday.home, self.outside):
                subprocess.run(["chown", "-R", f"{uid}:{uid}", top],
                               check=True)
            # pytest's folders are for their owner alone.
            folder, top = tmp_path, tempfile.gettempdir()
            while str(folder) not in (top, "/"):
                folder.chmod(0o755)
                folder = folder.parent

    def drop(self):
        if self.uid:
            os.setgroups([])
            os.setgid(self.uid)
            os.setuid(self.uid)

    def start(self, *command, options=(), **kw):
        kw.setdefault("stdin", subprocess.DEVNULL)
        return subprocess.Popen(
            [FRIDAY, "sandbox", *options, "--", *command],
            cwd=self.repo, env=self.friday.env, preexec_fn=self.drop,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, **kw)

    def run(self, *command, options=(), input=None, **kw):
        process = self.start(*command, options=options,
                             stdin=subprocess.PIPE if input is not None
                             else subprocess.DEVNULL, **kw)
        out, err = process.communicate(input, timeout=60)
        return process.returncode, out.decode(errors="replace"), \
            err.decode(errors="replace")

    def sh(self, script, **kw):
        return self.run("bash", "-c", script, **kw)

    def ok(self, script, **kw):
        status, out, err = self.sh(script, **kw)
        assert status == 0, (script, status, out, err)
        return out

    def python(self, code, **kw):
        return self.run("/usr/bin/python3", "-c", code, **kw)


def stand_in(friday, tmp_path, script):
    """Data of friday with a script in place of its helper; the real one is
    $REAL in there."""
    data = tmp_path / "data"
    (data / "libexec").mkdir(parents=True)
    source = os.path.dirname(os.path.dirname(HELPER))
    for name in os.listdir(source):
        if name in ("grammars", "themes", "terminfo"):
            os.symlink(os.path.join(source, name), data / name)
    os.symlink(os.path.join(source, "libexec", "friday-supervise"),
               data / "libexec" / "friday-supervise")
    helper = data / "libexec" / "friday-sandbox"
    helper.write_text(f"#!/bin/sh\nREAL={HELPER}\n{script}\n")
    helper.chmod(0o755)
    friday.env["FRIDAY_DATA_DIR"] = str(data)


# Debian 12's own kernel has version 2 of Landlock.
HELD = 'case $1 in --probe) exec $REAL "$@";; esac\n' \
       'exec $REAL --landlock-abi 2 "$@"'


def make_box(request, friday, tmp_path):
    uid, script = request.param
    if os.geteuid() != 0:
        if uid == 0:
            pytest.skip("not root")
        uid = 0
    if script:
        stand_in(friday, tmp_path, script)
    return Box(friday, tmp_path, uid)


@pytest.fixture(params=[(0, None), (NOBODY, None), (NOBODY, HELD)],
                ids=["root", "nobody", "nobody-abi2"])
def box(request, friday, tmp_path):
    return make_box(request, friday, tmp_path)


@pytest.fixture(params=[(0, None), (NOBODY, HELD)],
                ids=["root", "nobody-abi2"])
def worker(request, friday, tmp_path):
    """For ordinary work: the ends of what a box may be."""
    return make_box(request, friday, tmp_path)


@pytest.fixture(params=[(NOBODY, HELD)], ids=["nobody-abi2"])
def slow_worker(request, friday, tmp_path):
    return make_box(request, friday, tmp_path)


# --- writing and reading ---------------------------------------------------

def test_only_the_workspace_is_written(box):
    box.sh(f"echo in > in.txt; echo x > {box.outside}/new; "
           f"echo x > {box.outside}/secret.txt; echo x > /etc/friday-test; "
           "echo x > /usr/friday-test; echo x > /friday-test; "
           "echo x > ~/friday-test; echo x > /tmp/friday-test-x; "
           "echo x > /var/friday-test; echo x > /dev/shm/friday-test-x")
    assert box.repo.joinpath("in.txt").read_text() == "in\n"
    assert os.listdir(box.outside) == ["secret.txt"]
    assert box.outside.joinpath("secret.txt").read_text() == "TOP-SECRET"
    for path in ("/etc/friday-test", "/usr/friday-test", "/friday-test",
                 "/tmp/friday-test-x", "/var/friday-test",
                 "/dev/shm/friday-test-x", box.friday.home / "friday-test"):
        assert not os.path.exists(path), path


def test_the_rest_of_the_machine_cannot_be_read(box):
    ssh = box.friday.home / ".ssh"
    ssh.mkdir()
    ssh.joinpath("id_rsa").write_text("TOP-SECRET")
    box.friday.home.joinpath(".netrc").write_text("TOP-SECRET")
    _, out, _ = box.sh(
        f"cat {box.outside}/* {ssh}/* ~/.netrc /etc/shadow /etc/gshadow "
        "/etc/sudoers /etc/ssh/ssh_host_*; cat ~root/.bashrc; "
        "ls -A /run /var ~ /home; cat /proc/1/environ /proc/kcore; "
        "ls /proc/1/root/ /proc/1/cwd/ /proc/1/fd")
    assert "TOP-SECRET" not in out
    assert out.replace("tmp", "").strip() in ("", "/run:\n\n/var:") or \
        "root:" not in out


def test_a_read_only_profile_writes_nothing(box):
    status, _, err = box.sh("echo x > new.txt",
                            options=("--profile", "read-only"))
    assert status != 0 and "ead-only" in err
    assert not box.repo.joinpath("new.txt").exists()
    assert box.ok("echo hi > /tmp/a; cat /tmp/a",
                  options=("--profile", "read-only")) == "hi\n"


def test_secrets_of_the_workspace_are_hidden_and_nothing_is_created(box):
    box.friday.write(".env", "PASSWORD=TOP-SECRET\n")
    box.friday.write("deep/er/.env.local", "PASSWORD=TOP-SECRET\n")
    box.friday.write("keys/id_ed25519", "TOP-SECRET\n")
    box.friday.write(".env.example", "PASSWORD=\n")
    subprocess.run(["chmod", "-R", "a+rwX", box.repo])
    before = sorted(str(p) for p in box.repo.rglob("*"))
    status, out, err = box.sh(
        "cat .env deep/er/.env.local keys/id_ed25519; cat .env.example; "
        "mv .env moved; cp .env copy; ln .env link; rm -f .env; "
        "echo x > .env; mount --bind /dev/null .env; umount .env; cat moved "
        "copy link; tar cf - . | grep -a TOP-SECRET; grep -r TOP-SECRET .")
    assert "TOP-SECRET" not in out
    assert "PASSWORD=\n" in out
    assert box.repo.joinpath(".env").read_text() == "PASSWORD=TOP-SECRET\n"
    after = sorted(str(p) for p in box.repo.rglob("*"))
    assert [p for p in after if not p.endswith("copy")] == before


def test_links_and_swaps_lead_nowhere(box):
    os.symlink(box.outside, box.repo / "out")
    os.symlink(box.outside / "secret.txt", box.repo / "file")
    _, out, _ = box.sh(f"cat out/secret.txt file; echo x > out/new; "
                       f"cp file copied; cat /proc/self/root{box.outside}/*; "
                       "cd ../../..; cat */*/secret.txt *//*/*/secret.txt")
    assert "TOP-SECRET" not in out
    assert os.listdir(box.outside) == ["secret.txt"]


# --- git -------------------------------------------------------------------

GIT_PARTS = [".git/hooks/pre-commit", ".git/hooks/new", ".git/config",
             ".vscode/tasks.json", ".friday/config.json", ".envrc",
             ".github/workflows/ci.yml", ".husky/pre-commit"]


def test_what_runs_later_is_not_changed(box):
    for part in GIT_PARTS:
        if part not in (".git/hooks/new", ".git/config"):
            box.friday.write(part, "old")
    subprocess.run(["chmod", "-R", "a+rwX", box.repo])
    config = box.repo.joinpath(".git/config").read_text()
    for part in GIT_PARTS:
        box.sh(f"echo evil > {part}; rm -f {part}; mv {part} x; "
               f"ln -f a.txt {part}; cp a.txt {part}; "
               f"mv {os.path.dirname(part) or part} y; "
               f"sed -i s/o/e/ {part}; truncate -s 0 {part}; "
               f"chmod +x {part}")
    for part in GIT_PARTS:
        if part == ".git/hooks/new":
            assert not box.repo.joinpath(part).exists()
        elif part == ".git/config":
            assert box.repo.joinpath(part).read_text() == config
        else:
            assert box.repo.joinpath(part).read_text() == "old", part
    box.sh("mv .git .git2; mkdir .git; git init; git config core.pager evil")
    assert box.repo.joinpath(".git/config").read_text() == config
    assert not box.repo.joinpath(".git2").exists()


def test_git_works(box):
    out = box.ok(
        "set -e; echo 1 > f.txt; git add f.txt; git commit -qm one; "
        "echo 2 > f.txt; git stash -q; git stash pop -q; git branch b1; "
        "git switch -qc b2; git commit -qam two; git switch -q b1; "
        "git worktree add -q wt b2; cat wt/f.txt; "
        "cd wt; echo 3 > f.txt; git commit -qam three; cd ..; "
        "git worktree remove wt; git log --oneline b2 | wc -l; "
        "git branch -qD b2 2>/dev/null; git status --short; git gc -q; "
        "git tag t; git diff HEAD~ > /dev/null")
    assert out.split()[0] == "2"
    assert "one" in box.friday.git("log", "--format=%s") if not box.uid \
        else True


def test_hooks_of_the_user_run(box):
    hook = box.friday.write(".git/hooks/pre-commit",
                            "#!/bin/sh\necho ran > hook.txt\n")
    hook.chmod(0o755)
    if box.uid:
        os.chown(hook, box.uid, box.uid)
    box.ok("echo 1 > f; git add f; git commit -qm one")
    assert box.repo.joinpath("hook.txt").read_text() == "ran\n"


def test_a_linked_worktree_reaches_its_repository(box, tmp_path):
    tree = box.outside / "tree"
    subprocess.run(["git", "worktree", "add", "-q", tree], cwd=box.repo,
                   env=box.friday.env, check=True, preexec_fn=box.drop)
    status, out, err = box.run(
        "bash", "-c", "echo x > n; git add n; git commit -qm in-tree && "
        f"echo evil > {box.repo}/.git/hooks/pre-commit; "
        f"echo evil >> {box.repo}/.git/config; echo x > {box.repo}/escaped; "
        "echo gitdir: /tmp > .git; git log --format=%s -1",
        options=("--workspace", str(tree)))
    assert out.strip() == "in-tree", err
    assert not box.repo.joinpath(".git/hooks/pre-commit").exists()
    assert "evil" not in box.repo.joinpath(".git/config").read_text()
    assert not box.repo.joinpath("escaped").exists()


def test_a_forged_gitdir_opens_nothing(box, tmp_path):
    work = tmp_path / "forged"
    work.mkdir()
    work.joinpath(".git").write_text(f"gitdir: {box.outside}\n")
    if box.uid:
        subprocess.run(["chown", "-R", f"{box.uid}", work])
    box.run("bash", "-c", f"echo x > {box.outside}/new; "
            f"cp {box.outside}/secret.txt .",
            options=("--workspace", str(work)))
    assert os.listdir(box.outside) == ["secret.txt"]
    assert not work.joinpath("secret.txt").exists()

def test_what_runs_later_does_not_come_to_be(box):
    """Names that the workspace does not have: no mount can hold those."""
    shutil.rmtree(box.repo / ".git/hooks")
    status, out, err = box.sh(
        "mkdir -p .vscode .git/hooks .git/info .github/workflows && "
        "echo evil | tee .vscode/tasks.json .git/hooks/pre-commit .envrc "
        ".github/workflows/x.yml .git/info/attributes .git/commondir; "
        "echo kept > .github/a.md; exit 5")
    assert (status, out) == (5, "evil\n")
    for part in (".vscode", ".git/hooks", ".envrc", ".github/workflows",
                 ".git/info/attributes", ".git/commondir"):
        assert not box.repo.joinpath(part).exists(), part
        assert os.path.basename(part) + ".unapproved" in err
        assert box.repo.joinpath(part + ".unapproved").exists()
    assert box.repo.joinpath(".github/a.md").exists()
    box.sh("echo again > .envrc")
    assert box.repo.joinpath(".envrc.unapproved-2").exists()
    assert "unapproved" not in box.sh("echo x > a; git add a")[2]


def test_the_folder_of_what_is_protected_is_not_exchanged(box):
    for part in (".github/workflows/ci.yml", ".git/info/attributes",
                 "sub/deep/.vscode/tasks.json"):
        box.friday.write(part, "old")
    subprocess.run(["chmod", "-R", "a+rwX", box.repo])
    box.sh("mv .github .g; mv .git/info .git/i; mv sub s; "
           "mkdir -p .github/workflows .git/info sub/deep/.vscode; "
           "echo evil | tee .github/workflows/ci.yml .git/info/attributes "
           "sub/deep/.vscode/tasks.json")
    assert box.friday.read(".github/workflows/ci.yml") == "old"
    assert box.friday.read(".git/info/attributes") == "old"
    assert box.friday.read("s/deep/.vscode/tasks.json") == "old"
    assert not box.repo.joinpath("sub/deep/.vscode").exists()
    assert box.friday.read("sub/deep/.vscode.unapproved/tasks.json") \
        == "evil\n"


def test_git_elsewhere_in_the_workspace_is_protected(box, tmp_path):
    """A bare repository beside its ".git" file, hooks that stand in the tree,
    a ".git" that is a link, and files that the configuration includes."""
    work = tmp_path / "bare"
    work.mkdir()
    run = dict(cwd=work, env=box.friday.env, check=True,
               stdout=subprocess.DEVNULL)
    subprocess.run(["git", "init", "-q", "--bare", ".bare"], **run)
    work.joinpath(".git").write_text("gitdir: ./.bare\n")
    subprocess.run(["git", "config", "core.bare", "false"], **run)
    subprocess.run(["git", "config", "core.hooksPath", "tools/hooks"], **run)
    subprocess.run(["git", "config", "include.path", "../shared.ini"], **run)
    work.joinpath("tools/hooks").mkdir(parents=True)
    work.joinpath("tools/hooks/pre-commit").write_text("old")
    work.joinpath("shared.ini").write_text("[user]\n\tname = me\n")
    config = work.joinpath(".bare/config").read_text()
    for dot_git in ("file", "link"):
        if dot_git == "link":
            work.joinpath(".git").unlink()
            work.joinpath(".git").symlink_to(".bare")
        if box.uid:
            subprocess.run(["chown", "-hR", f"{box.uid}", work])
        _, out, _ = box.run(
            "bash", "-c", "echo evil | tee .bare/config .bare/hooks/pre-commit"
            " tools/hooks/pre-commit tools/hooks/new shared.ini; mv tools t; "
            "git config core.pager evil; mv .bare b; rm -rf tools/hooks .bare/hooks"
            "; git status >/dev/null && git add shared.ini && git commit -qm x"
            " --allow-empty --no-verify && git log --format=%s%an -1",
            options=("--workspace", str(work)))
        assert work.joinpath(".bare/config").read_text() == config
        assert not work.joinpath(".bare/hooks/pre-commit").exists()
        assert "evil" not in work.joinpath("shared.ini").read_text()
        for folder in ("tools", "t"):
            if work.joinpath(folder, "hooks/pre-commit").exists():
                assert work.joinpath(folder, "hooks/pre-commit"
                                     ).read_text() == "old"
        if work.joinpath("t").exists():
            work.joinpath("t").rename(work / "tools")
    assert "x" in out


def test_packages_can_be_removed(box):
    """Other people's CI files in node_modules are not ours to protect."""
    for part in ("node_modules/a/.travis.yml", "node_modules/a/.vscode/x",
                 "node_modules/a/.github/workflows/x.yml"):
        box.friday.write(part, "x")
    subprocess.run(["chmod", "-R", "a+rwX", box.repo])
    box.ok("rm -r node_modules")
    assert not box.repo.joinpath("node_modules").exists()


def test_git_settings_of_the_user_are_found(box):
    """Links to "dotfiles", included files, hooks that hold everywhere."""
    home = box.friday.home
    home.joinpath("dotfiles/hooks").mkdir(parents=True)
    home.joinpath("dotfiles/gitconfig").write_text(
        "[include]\n\tpath = ~/dotfiles/more\n"
        "[core]\n\thooksPath = \"~/dotfiles/hooks\" ; everywhere\n")
    home.joinpath("dotfiles/more").write_text("[alias]\n\tx = version\n")
    home.joinpath("dotfiles/secret").write_text("TOP-SECRET")
    hook = home.joinpath("dotfiles/hooks/pre-commit")
    hook.write_text("#!/bin/sh\necho ran > hook.txt\n")
    hook.chmod(0o755)
    home.joinpath(".gitconfig").unlink(missing_ok=True)
    home.joinpath(".gitconfig").symlink_to("dotfiles/gitconfig")
    if box.uid:
        subprocess.run(["chown", "-hR", f"{box.uid}", home])
    out = box.ok("git x; echo 1 > f; git add f; git commit -qm one; "
                 "cat ~/dotfiles/secret; true")
    assert out.startswith("git version") and "TOP-SECRET" not in out
    assert box.friday.read("hook.txt") == "ran\n"


# --- network and sockets ---------------------------------------------------

def test_no_network_and_no_socket_of_the_host(box):
    tcp = socket.create_server(("127.0.0.1", 0))
    abstract = socket.socket(socket.AF_UNIX)
    name = f"\0friday-test-{os.getpid()}-{time.monotonic_ns()}"
    abstract.bind(name)
    abstract.listen()
    named = socket.socket(socket.AF_UNIX)
    path = str(box.outside / "sock")
    named.bind(path)
    named.listen()
    os.chmod(path, 0o777)
    os.mkfifo(box.outside / "fifo")
    code = f"""
import socket
def tries(family, to):
    try:
        s = socket.socket(family); s.settimeout(2); s.connect(to)
        print("CONNECTED", to)
    except OSError as e:
        pass
tries(socket.AF_INET, ("127.0.0.1", {tcp.getsockname()[1]}))
tries(socket.AF_INET, ("192.0.2.1", 80))
tries(socket.AF_UNIX, {name!r})
tries(socket.AF_UNIX, {path!r})
for family in (socket.AF_PACKET, 40, 38, 31):
    try:
        socket.socket(family, socket.SOCK_RAW if family == 17 else
                      socket.SOCK_STREAM); print("FAMILY", family)
    except OSError: pass
try: open({str(box.outside / 'fifo')!r}); print("FIFO")
except OSError: pass
"""
    status, out, err = box.python(code)
    assert (status, out) == (0, ""), err
    for s in (tcp, abstract, named):
        s.close()


def test_sockets_among_what_may_be_read_are_hidden(box):
    """A read-only mount does not keep anybody from connecting."""
    tool = box.outside / "tool"
    (tool / "bin").mkdir(parents=True)
    tool.joinpath("bin/prog").write_text("#!/bin/sh\necho found\n")
    tool.joinpath("bin/prog").chmod(0o755)
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(tool / "bin/sock"))
    server.listen()
    os.chmod(tool / "bin/sock", 0o777)
    box.friday.config({"sandbox": {"readable": [str(tool)]}})
    assert box.ok(f"{tool}/bin/prog") == "found\n"
    status, out, err = box.python(f"""
import socket, os
s = socket.socket(socket.AF_UNIX)
try: s.connect({str(tool / 'bin/sock')!r}); print("CONNECTED")
except OSError: pass
""")
    assert (status, out) == (0, ""), err
    server.close()


def test_a_home_that_is_the_workspace_keeps_its_startup_files(box):
    home = box.friday.home
    home.joinpath(".bashrc").write_text("old")
    home.joinpath("notes.txt").write_text("old")
    if box.uid:
        subprocess.run(["chown", "-R", f"{box.uid}", home])
    box.run("bash", "-c", "echo evil | tee ~/.bashrc ~/.profile ~/notes.txt",
            options=("--workspace", str(home)))
    assert home.joinpath(".bashrc").read_text() == "old"
    assert not home.joinpath(".profile").exists()
    assert home.joinpath("notes.txt").read_text() == "evil\n"


def test_local_sockets_work_inside(box):
    code = """
import socket, threading, os, multiprocessing
s = socket.create_server(("127.0.0.1", 0))
t = threading.Thread(target=lambda: s.accept()[0].sendall(b"tcp")); t.start()
print(socket.create_connection(s.getsockname()).recv(3).decode())
u = socket.socket(socket.AF_UNIX); u.bind("sock"); u.listen()
c = socket.socket(socket.AF_UNIX); c.connect("sock")
a = socket.socket(socket.AF_UNIX); a.bind("\\0inside"); a.listen()
c = socket.socket(socket.AF_UNIX); c.connect("\\0inside")
x, y = socket.socketpair(); x.send(b"pair"); print(y.recv(4).decode())
s6 = socket.create_server(("::1", 0), family=socket.AF_INET6)
print(socket.if_nameindex()[0][1])
with multiprocessing.Pool(2) as p: print(p.map(abs, [-1, -2]))
os.unlink("sock")
"""
    status, out, err = box.python(code)
    assert status == 0, err
    assert out == "tcp\npair\nlo\n[1, 2]\n"


# --- processes -------------------------------------------------------------

def test_processes_of_the_host_are_out_of_reach(box):
    victim = subprocess.Popen(["sleep", "300"], preexec_fn=box.drop)
    _, out, _ = box.sh(f"kill -9 {victim.pid}; kill -9 -1; "
                       f"ls /proc | grep -c '^{victim.pid}$'")
    assert victim.poll() is None
    victim.kill()
    victim.wait()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM,
                                    signal.SIGINT, signal.SIGHUP,
                                    signal.SIGQUIT, signal.SIGSEGV])
def test_killing_the_launcher_ends_everything(box, number):
    mark = f"3{os.getpid()}{int(number)}{box.uid}"
    script = (f"trap '' TERM INT HUP QUIT; setsid sleep {mark} & "
              f"(trap '' TERM HUP INT QUIT; nohup sleep {mark} >/dev/null & "
              f"sleep {mark}) & "
              f"python3 -c 'import os,time;os.fork() or os.setsid() or "
              f"os.fork() or time.sleep({mark})' & "
              f"echo ready; sleep {mark}")
    process = box.start("bash", "-c", script)
    assert process.stdout.readline() == b"ready\n"
    wait_for(lambda: len(alive(f"sleep\0{mark}")) >= 4)
    process.send_signal(number)
    process.wait(timeout=5)
    wait_for(lambda: not alive(mark), timeout=2, what="its end")


def test_nothing_is_left_when_the_command_ends(box):
    mark = f"4{os.getpid()}{box.uid}"
    assert box.ok(f"(setsid nohup sleep {mark} >/dev/null 2>&1 &) ; "
                  f"trap '' HUP; sleep {mark} >/dev/null 2>&1 & echo done") \
        == "done\n"
    assert not alive(mark)


@pytest.mark.parametrize("script,status", [
    ("exit 0", 0), ("exit 7", 7), ("exit 255", 255),
    ("kill -TERM $$", -signal.SIGTERM), ("kill -KILL $$", -signal.SIGKILL),
    ("kill -SEGV $$", -signal.SIGSEGV)])
def test_the_ending_is_passed_on(box, script, status):
    assert box.sh(script)[0] == status


def test_signals_are_passed_on(box):
    process = box.start("bash", "-c", "trap 'echo usr1' USR1; trap "
                        "'echo term; exit 9' TERM; echo ready; "
                        "while :; do sleep 0.05; done")
    assert process.stdout.readline() == b"ready\n"
    process.send_signal(signal.SIGUSR1)
    assert process.stdout.readline() == b"usr1\n"
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=10)
    assert (out, process.returncode) == (b"term\n", 9)


def test_streams_pass_through(box):
    data = os.urandom(1 << 20)
    process = box.start("cat", stdin=subprocess.PIPE)
    out, _ = process.communicate(data, timeout=20)
    assert out == data
    status, out, err = box.sh("echo out; echo err >&2; cat <<E\nhere\nE")
    assert (status, out, err) == (0, "out\nhere\n", "err\n")


def test_a_missing_program_is_said(box):
    status, _, err = box.run("no-such-program")
    assert status != 0 and "no-such-program" in err


# --- limits ----------------------------------------------------------------

def test_memory_is_limited(box):
    status, _, err = box.python("x = bytearray(800 << 20); print('GOT')",
                                options=("--memory", "200M"))
    assert status == 137 and "memory" in err


def test_memory_of_many_is_summed(box):
    status, out, err = box.python(
        "import os, time\n"
        "for i in range(8):\n"
        "    if os.fork() == 0:\n"
        "        x = bytearray(60 << 20); time.sleep(30)\n"
        "time.sleep(30)", options=("--memory", "300M"))
    assert status == 137 and "memory" in err


HOLDERS = {
    "files in memory": "import os\n"
                       "for i in range(4):\n"
                       "    fd = os.memfd_create('x')\n"
                       "    for j in range(100): os.write(fd, b'x' * (1 << 20))",
    "hidden ones": "import ctypes, os\n"
                   "ctypes.CDLL(None).prctl(4, 0)\n"
                   "fd = os.memfd_create('x')\n"
                   "for j in range(400): os.write(fd, b'x' * (1 << 20))",
    "segments": "import ctypes\n"
                "libc = ctypes.CDLL(None); libc.shmat.restype = "
                "ctypes.c_void_p\n"
                "for i in range(4):\n"
                "    n = libc.shmget(0, 100 << 20, 0o1600)\n"
                "    at = libc.shmat(n, None, 0)\n"
                "    ctypes.memset(at, 1, 100 << 20)\n"
                "    libc.shmdt(ctypes.c_void_p(at))",
}


@pytest.mark.parametrize("what", HOLDERS)
def test_memory_that_nobody_has_mapped_counts(box, what):
    status, out, err = box.python(
        HOLDERS[what] + "\nimport time; time.sleep(30); print('GOT')",
        options=("--memory", "200M"))
    assert status == 137 and "memory" in err, (out, err)


def test_memory_is_limited_without_being_asked_for(box):
    argv = box.ok("tr '\\0' ' ' < /proc/1/cmdline").split()
    limit = int(argv[argv.index("--memory") + 1])
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGESIZE")
    assert 0 < limit < total


def test_open_files_and_their_size_are_limited(box):
    box.friday.config({"sandbox": {"files": 64, "file_size": "1M",
                                   "cpu_seconds": 1}})
    assert box.ok("ulimit -n") == "64\n"
    status, _, _ = box.sh("head -c 3M /dev/zero > big; exit 3")
    assert status != 0 and (box.repo / "big").stat().st_size == 1 << 20
    start = time.monotonic()
    status, _, err = box.sh("for i in 1 2 3; do (while :; do :; done) & done;"
                            "while :; do :; done")
    assert status in (137, -signal.SIGXCPU, -signal.SIGKILL)
    assert time.monotonic() - start < 20


def test_processes_are_limited(box):
    status, out, err = box.python(  # bash would go on trying
        "import os, time\n"
        "for i in range(200):\n"
        "    if os.fork() == 0: time.sleep(30)\n"
        "time.sleep(30)", options=("--processes", "50"))
    assert status != 0
    assert "more processes" in err or "Resource temporarily" in err


def test_a_fork_bomb_ends(box):
    before = len(os.listdir("/proc"))
    status, _, _ = box.sh("b() { b | b & }; b; sleep 30",
                          options=("--processes", "100", "--timeout", "2"))
    assert status != 0
    wait_for(lambda: len(os.listdir("/proc")) < before + 50)


def test_temporary_space_is_limited(box):
    status, _, err = box.sh(
        "head -c 30M /dev/zero > /tmp/a && head -c 30M /dev/zero > "
        "/dev/shm/b && head -c 30M /dev/zero > ~/c",
        options=("--disk", "50M"))
    assert status != 0 and "No space" in err


def test_time_is_limited(box):
    start = time.monotonic()
    status, _, err = box.sh("sleep 300", options=("--timeout", "1"))
    assert status == 124 and "time" in err
    assert time.monotonic() - start < 20


# --- privileges, terminal, environment -------------------------------------

def test_no_privilege_can_be_had(box):
    code = r"""
import ctypes, os, fcntl, struct
libc = ctypes.CDLL(None, use_errno=True)
def call(name, n, *a):
    r = libc.syscall(n, *a)
    if r != -1: print("WORKED", name, r)
call("unshare", 272, 0x10000000)
call("setns", 308, 0, 0)
call("mount", 165, b"tmpfs", b"/tmp", b"tmpfs", 0, 0)
call("umount2", 166, b"/proc", 2)
call("pivot_root", 155, b"/", b"/tmp")
call("bpf", 321, 0, 0, 0)
call("perf", 298, 0, 0, -1, -1, 0)
call("keyctl", 250, 0, -3, 0)
call("userfaultfd", 323, 0)
call("io_uring", 425, 1, 0)
call("ptrace me", 101, 0, 0, 0, 0)
call("ptrace seize", 101, 0x4206, 1, 0, 0)
call("ptrace attach 1", 101, 16, 1, 0, 0)
call("vm_readv", 310, 1, 0, 0, 0, 0, 0)
call("kexec", 246, 0, 0, 0, 0)
call("clone userns", 56, 0x10000000 | 17, 0, 0, 0, 0)
call("clone3", 435, 0, 0)
call("mknod", 133, b"dev", 0o20666, 0x103)
call("chroot", 161, b"/tmp")
call("setuid", 105, 1)
call("chmod suid", 90, b"a.txt", 0o4755)
if os.getuid() == 0: call("chmod sgid", 90, b"a.txt", 0o2755)
call("fchmodat2 suid", 452, -100, b"a.txt", 0o4755, 0)
fd = libc.syscall(2, b"suid", 0o102, 0o4755)
if fd != -1: print("WORKED open suid")
for n in (0x5412, 0x541c, 0x100005412):
    try: fcntl.ioctl(0, n & 0xffffffff, b"x"); print("WORKED ioctl", n)
    except OSError as e:
        if e.errno not in (1, 25): print("WEAK ioctl", n, e)
status = open("/proc/self/status").read()
for key in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
    assert f"{key}:\t{0:016x}\n" in status, status
assert "NoNewPrivs:\t1\n" in status and "Seccomp:\t2\n" in status
print(sorted(os.listdir("/proc/self/fd")) == ["0", "1", "2", "3"])
print(os.getsid(0) == os.getpid())
try: open("/dev/tty"); print("TTY")
except OSError: pass
for path in ("/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger",
             "/proc/sys/kernel/modprobe", "/proc/self/uid_map",
             "/sys/kernel/uevent_helper", "/proc/1/mem", "/proc/1/oom_score_adj"):
    try: open(path, "w").write("x"); print("WROTE", path)
    except OSError: pass
"""
    box.friday.write("a.txt", "a")
    if box.uid:
        os.chown(box.repo / "a.txt", box.uid, box.uid)
    status, out, err = box.python(code)
    assert (status, out) == (0, "True\nTrue\n"), err
    assert box.repo.joinpath("a.txt").stat().st_mode & 0o6000 == 0
    assert not box.repo.joinpath("suid").exists()


def test_setuid_programs_give_nothing(box):
    out = box.ok("su -c id </dev/null 2>&1; sudo -n id 2>&1; mount 2>&1 "
                 "-t tmpfs x /tmp; ping -c1 -W1 127.0.0.1 2>&1; id -u; true")
    assert out.strip().endswith(str(box.uid))


def test_the_environment_is_a_list_of_what_may_pass(box):
    kept = [f"withheld-value-{i}" for i in range(8)]
    box.friday.env.update(
        OPENAI_API_KEY=kept[0], GITHUB_TOKEN=kept[1],
        AWS_SECRET_ACCESS_KEY=kept[2], SSH_AUTH_SOCK="/run/" + kept[3],
        DBUS_SESSION_BUS_ADDRESS=kept[4], MY_PASSWORD=kept[5],
        npm_config__authToken=kept[6], PYTHON_TOKEN=kept[7],
        LD_PRELOAD="", CFLAGS="-O2", LANG="C.UTF-8")
    out = box.ok("env; cat /proc/*/environ | tr '\\0' '\\n'")
    assert not [value for value in kept if value in out]
    assert "CFLAGS=-O2" in out and "LANG=C.UTF-8" in out


def test_what_is_given_as_input_is_only_read(box):
    """Its descriptor leads to the host's mounts: by name in /proc, or, of a
    folder, by ".."."""
    path = box.outside / "given"
    path.write_text("data\nmore\n")
    path.chmod(0o640)
    if box.uid:
        os.chown(path, box.uid, box.uid)
    null = os.stat("/dev/null")
    script = (
        "read line; chmod 777 /proc/self/fd/0; echo x > /proc/self/fd/0; "
        "truncate -s 1 /proc/self/fd/0; touch -d 2020-01-01 /proc/self/fd/0; "
        "chmod 600 /dev/null /dev/zero /dev/tty; chmod 777 /proc/self/fd/1; "
        "python3 -c 'import os; os.fchmod(0, 0o777)'; echo $line; cat; "
        f"ls /proc/self/fd/0/../; cat /proc/self/fd/0/secret.txt; "
        f"cd /proc/self/fd/0 && cat ../outside/secret.txt")
    before = path.stat()
    with path.open() as f:
        process = box.start("bash", "-c", script, stdin=f)
        assert process.communicate()[0] == b"data\nmore\n"
    assert path.read_text() == "data\nmore\n"
    assert path.stat().st_mode == before.st_mode
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    folder = os.open(box.outside, os.O_RDONLY)
    process = box.start("bash", "-c", script, stdin=folder)
    assert b"TOP-SECRET" not in process.communicate()[0]
    os.close(folder)
    process = subprocess.Popen(
        [FRIDAY, "sandbox", "--", "bash", "-c", script], cwd=box.repo,
        env=box.friday.env, preexec_fn=box.drop, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    process.wait(timeout=20)
    assert os.stat("/dev/null").st_mode == null.st_mode


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_are_no_trouble(box, closed):
    done = subprocess.run(
        ["bash", "-c", f'"$@" {closed}', "-", FRIDAY, "sandbox", "--",
         "bash", "-c", "echo ran > ran.txt; echo out; echo err >&2; exit 7"],
        cwd=box.repo, env=box.friday.env, preexec_fn=box.drop,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=30)
    assert done.returncode == 7
    assert box.friday.read("ran.txt") == "ran\n"


def test_descriptors_are_closed(box, tmp_path):
    secret = os.open(box.outside / "secret.txt", os.O_RDONLY)
    out = box.ok("for i in 3 4 5 6 7 8 9 10 11 12; do cat <&$i; done "
                 "2>/dev/null; ls /proc/self/fd | wc -l",
                 pass_fds=(secret,))
    os.close(secret)
    assert "TOP-SECRET" not in out


def test_a_terminal_gets_no_control_sequences(box):
    import pty
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [FRIDAY, "sandbox", "--", "bash", "-c",
         r"printf '\033]52;c;ZXZpbA==\007\033[2Jhello\n'; tty; "
         r"printf '\033[31mx' >/dev/tty; printf '\033c' >&0; exit 3"],
        cwd=box.repo, env=box.friday.env, preexec_fn=box.drop,
        stdin=slave, stdout=slave, stderr=slave)
    assert process.wait(timeout=20) == 3
    os.close(slave)
    out = b""
    try:
        while chunk := os.read(master, 4096):
            out += chunk
    except OSError:
        pass
    os.close(master)
    assert b"\033" not in out and b"\007" not in out
    assert b"hello" in out and b"not a tty" in out


def test_a_terminal_gets_colours(box):
    import pty
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [FRIDAY, "sandbox", "--", "bash", "-c",
         r"printf '\033[31mred\033[0m \033[2J\n'"], cwd=box.repo,
        env=box.friday.env, preexec_fn=box.drop, stdin=slave, stdout=slave,
        stderr=slave)
    assert process.wait(timeout=20) == 0
    os.close(slave)
    out = os.read(master, 4096)
    os.close(master)
    assert b"\033[31mred\033[0m" in out and b"\033[2J" not in out
    assert box.ok("printf '\\033[31mred\\033[2J'") == "\033[31mred\033[2J"


# --- ordinary work ---------------------------------------------------------

ORDINARY = {
    "gcc": "printf '#include <stdio.h>\\nint main(void){puts(\"hi\");}' > m.c"
           " && gcc -O2 -o m m.c && ./m",
    "make -j": "printf 'all: a b c d\\na b c d:\\n\\t@sleep 0.1; echo $@ > "
               "$@\\n' > Makefile && make -s -j4 && cat a b c d",
    "sanitizers": "printf '#include <stdlib.h>\\nint main(void){free(malloc("
                  "9));return 0;}' > s.c && gcc -fsanitize=address,undefined "
                  "-o s s.c && ./s",
    "python": "/usr/bin/python3 -c 'import threading,tempfile,subprocess,"
              "json;t=threading.Thread(target=print,args=(1,));t.start();"
              "t.join();tempfile.mkstemp();subprocess.run([\"true\"],"
              "check=True)'",
    "pipes": "seq 100000 | sort -rn | head -1 | tr 1 2",
    "process substitution": "diff <(echo a) <(echo a) && echo same",
    "locale": "locale >/dev/null && LC_ALL=C.UTF-8 printf '%s\\n' äöü",
    "devices": "echo x > /dev/null && head -c 9 /dev/zero | wc -c && "
               "head -c 4 /dev/urandom | wc -c && (echo e > /dev/stderr) "
               "2>/tmp/e && (echo o > /dev/stdout) > /tmp/o && cat /dev/fd/0 < /dev/null",
    "rename": "mkdir -p d1 d2 && echo x > d1/f && mv d1/f d2/g && "
              "ln d2/g d2/h && ln -s g d2/l && cat d2/l && rm -r d1 d2",
    "fifo": "mkfifo p && (echo through > p &) && cat p && rm p",
    "modes": "echo x > f && chmod 640 f && chmod +x f && touch -d 2020-01-01 "
             "f && stat -c %a f && truncate -s 10 f",
    "nproc": "nproc && ulimit -n && ulimit -v | grep unlimited",
    "pty": "script -qc 'tty >/dev/null && echo pty' /dev/null </dev/null",
    "processes": "ps ax >/dev/null; sleep 0.01 & wait $! && ls /proc/self "
                 ">/dev/null",
    "xargs": "seq 50 | xargs -P4 -n1 echo | wc -l",
    "exec bit": "printf '#!/bin/sh\\necho script\\n' > x && chmod +x x && "
                "./x && cp x /tmp/x && /tmp/x",
    "ccache": "if command -v ccache >/dev/null; then printf 'int x;' > c.c && "
              "ccache gcc -c c.c && ccache gcc -c c.c && ccache -s >/dev/null;"
              " fi",
    "cmake": "if command -v cmake >/dev/null; then printf 'project(p C)\\n"
             "add_executable(p p.c)\\n' > CMakeLists.txt && printf 'int "
             "main(void){return 0;}' > p.c && cmake -S . -B b >/dev/null && "
             "cmake --build b -j4 >/dev/null && b/p; fi",
    "thread sanitizer": "printf '#include <pthread.h>\\nstatic void *f(void "
                        "*p){return p;}int main(void){pthread_t t;"
                        "pthread_create(&t,0,f,0);return pthread_join(t,0);}'"
                        " > t.c && gcc -fsanitize=thread -pthread -o t t.c &&"
                        " ./t",
    "sqlite": "/usr/bin/python3 -c 'import sqlite3; d = sqlite3.connect(\"x.db"
              "\"); d.execute(\"pragma journal_mode=wal\"); d.execute(\""
              "create table t(a)\"); d.commit()'",
    "a server inside": "/usr/bin/python3 -m http.server 8123 --bind 127.0.0.1 "
                       ">/dev/null 2>&1 & for i in $(seq 100); do "
                       "/usr/bin/python3 -c 'import urllib.request as u; "
                       "print(u.urlopen(\"http://127.0.0.1:8123/\").status)' "
                       "2>/dev/null && break; sleep 0.1; done; kill %1",
    "colours": "echo abc | grep --color=always b | grep -q $'\\033'",
    "coprocess and traps": "coproc cat; echo x >&${COPROC[1]}; read -u "
                           "${COPROC[0]} y; [ $y = x ]; trap 'echo bye' EXIT",
    "timeout": "timeout 5 true; timeout -s KILL 0.1 sleep 9; [ $? = 137 ]",
    "inotify": "/usr/bin/python3 -c 'import ctypes; c = ctypes.CDLL(None); "
               "assert c.inotify_add_watch(c.inotify_init(), b\".\", 256) > "
               "0'",
    "archives": "mkdir -p q/r && echo x > q/r/f && tar czf q.tgz q && rm -r q "
                "&& tar xzf q.tgz && cat q/r/f && gzip -k q/r/f && cp -a q q2",
    "shared memory": "/usr/bin/python3 -c 'from multiprocessing import "
                     "shared_memory as m; s = m.SharedMemory(create=True, "
                     "size=4096); s.close(); s.unlink()'",
    "java": "if command -v javac >/dev/null; then printf 'class A{public "
            "static void main(String[] a){System.out.println(1);}}' > A.java "
            "&& javac A.java && java A; fi",
    "apt cache of programs": "perl -e 'print 6*7, \"\\n\"'; awk "
                             "'BEGIN{print 1}'",
}


SLOW = ["java", "cmake", "thread sanitizer", "archives", "ccache"]


@pytest.mark.parametrize("name", [n for n in ORDINARY if n not in SLOW])
def test_ordinary_work_does_not_notice(worker, name):
    status, out, err = worker.sh(ORDINARY[name])
    assert status == 0, (out, err)


@pytest.mark.parametrize("name", SLOW)
def test_slow_work_does_not_notice(slow_worker, name):
    status, out, err = slow_worker.sh(ORDINARY[name])
    assert status == 0, (out, err)


def test_node(worker):
    if shutil.which("node") is None:
        pytest.skip("no node")
    out = worker.ok("node -e 'const {Worker,isMainThread}=require(\"worker_"
                 "threads\");require(\"os\").networkInterfaces();"
                 "require(\"http\").createServer().listen(0,\"127.0.0.1\","
                 "function(){console.log(\"up\");this.close()})'")
    assert out == "up\n"


def test_npm_and_pip_work_offline(slow_worker):
    if shutil.which("npm"):
        slow_worker.ok("echo '{\"name\":\"x\",\"version\":\"1.0.0\",\"scripts\":"
               "{\"t\":\"echo ran\"}}' > package.json; npm run -s t; "
               "npm install --offline --no-audit >/dev/null")
    slow_worker.ok("/usr/bin/python3 -m venv --without-pip v && "
           "v/bin/python -c 'print(1)'")
    slow_worker.friday.write("pkg/setup.py", "from setuptools import setup\n"
                     "setup(name='fridaypkg', version='1', "
                     "py_modules=['fridaypkg'])\n")
    slow_worker.friday.write("pkg/fridaypkg.py", "x = 42\n")
    subprocess.run(["chmod", "-R", "a+rwX", slow_worker.repo])
    slow_worker.ok("cd pkg && /usr/bin/python3 setup.py -q sdist >/dev/null 2>&1 && "
           "ls dist | grep -q fridaypkg")


def test_cargo_works_offline(slow_worker):
    if slow_worker.friday.env.get("HOME") and not shutil.which("cargo"):
        pytest.skip("no cargo")
    tool = os.path.realpath(shutil.which("cargo"))
    if not tool.startswith("/usr/"):
        pytest.skip("cargo is in a home that is not the test's")
    slow_worker.ok("cargo init -q --vcs none --name x . && cargo build -q --offline "
           "&& target/debug/x")


def test_caches_stay_between_commands(worker):
    worker.ok("echo kept > $XDG_CACHE_HOME/x; echo kept > $GOCACHE/y; "
           "echo gone > /tmp/z")
    assert worker.ok("cat $XDG_CACHE_HOME/x $GOCACHE/y; "
                     "test -e /tmp/z || echo away") == "kept\nkept\naway\n"


# --- held down -------------------------------------------------------------

def test_the_helper_names_a_missing_layer(box):
    def helper(*options):
        return subprocess.run(
            [HELPER, "--read", "/usr", "--link", "/lib", "usr/lib", "--link",
             "/lib64", "usr/lib64", *options, "--",
             "/usr/bin/true"], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, preexec_fn=box.drop)
    for abi in range(2, 8):
        done = helper("--landlock-abi", str(abi))
        assert done.returncode == 0, done.stderr
    done = helper("--landlock-abi", "1")
    assert done.returncode == 125 and b"Landlock" in done.stderr
    for layer in ("network", "landlock", "seccomp"):
        assert helper("--without", layer).returncode == 0


def test_swaps_while_others_start_lead_nowhere(box):
    """One command exchanges a folder for a link to the outside, again and
    again, while the mounts of others are made."""
    target = box.outside / "x"
    (target / ".vscode").mkdir(parents=True)
    (target / ".vscode/t").write_text("TOP-SECRET")
    (target / ".env").write_text("TOP-SECRET")
    box.friday.write("x/.vscode/t", "in")
    box.friday.write("x/.env", "A=in\n")
    subprocess.run(["chmod", "-R", "a+rwX", box.repo, box.outside])
    swapper = box.start("/usr/bin/python3", "-c", f"""
import os
os.symlink({str(target)!r}, "link")
while True:
    try:
        os.rename("x", "y"); os.rename("link", "x")
        os.rename("x", "link"); os.rename("y", "x")
    except OSError: pass
""")
    wait_for(lambda: os.path.lexists(box.repo / "link")
             or os.path.lexists(box.repo / "y"))
    for _ in range(8):
        status, out, err = box.sh(
            "for i in 1 2 3; do echo evil > x/.vscode/t; echo e > x/new; "
            "cat x/.env x/.vscode/t link/.env; done; ln x/.env hard")
        assert "TOP-SECRET" not in out
    swapper.kill()
    swapper.wait()
    assert sorted(os.listdir(target)) == [".env", ".vscode"]
    assert (target / ".vscode/t").read_text() == "TOP-SECRET"


def test_programs_left_behind_give_nothing(box):
    """What a command leaves in the workspace for others to run."""
    box.sh("cp /bin/sh s; chmod 4755 s; chmod u+s s; install -m 4755 /bin/sh "
           "t; cp -p /usr/bin/su u 2>/dev/null; mknod dev c 1 1; "
           "mknod dev2 b 8 0; python3 -c 'import os; os.mknod(\"dev3\", "
           "0o20666, 0x101)'; setcap cap_setuid+ep s; "
           "setfattr -n security.capability -v 0x01 s")
    for name in os.listdir(box.repo):
        mode = (box.repo / name).lstat().st_mode
        assert mode & 0o4000 == 0 and mode & 0o170000 not in (
            0o020000, 0o060000), name
    assert "security.capability" not in os.listxattr(box.repo / "s")


def test_hard_links_and_names_of_secrets(box):
    box.friday.write(".env", "PASSWORD=TOP-SECRET\n")
    subprocess.run(["chmod", "-R", "a+rwX", box.repo])
    _, out, _ = box.sh(
        "ln .env a; cp --reflink=auto .env b; cp .env c; mv .env d; "
        "cat ./.env //proc/self/cwd/.env /proc/1/cwd/.env .//.env "
        "$PWD/../repo/.env a b c d; exec 9<.env; cat <&9; "
        "tail -c 99 .env; dd if=.env; mkdir e; cd e; cat ../.env; "
        "python3 -c 'import os; print(os.open(\"../.env\", os.O_PATH)); "
        "print(open(\"/proc/self/fd/3\").read())'")
    assert "TOP-SECRET" not in out
    assert box.friday.read(".env") == "PASSWORD=TOP-SECRET\n"


def test_a_place_that_became_a_link_is_refused(box):
    os.symlink(box.outside, box.repo / "sub")
    done = subprocess.run(
        [HELPER, "--write", str(box.repo / "sub"), "--", "/bin/true"],
        stderr=subprocess.PIPE, preexec_fn=box.drop)
    assert done.returncode == 125


LACKS = """case $1 in
--probe) $REAL --probe | sed 's/^{0} .*/{0} 0/';;
*) exec $REAL "$@";;
esac"""
NAMES = {"namespaces": "namespaces", "network": "the network namespace",
         "landlock": "Landlock", "seccomp": "seccomp"}


@pytest.mark.parametrize("layer", NAMES)
def test_a_missing_layer_is_named_and_refused(friday, tmp_path, layer):
    stand_in(friday, tmp_path, LACKS.format(layer))
    done = friday("sandbox", "--", "touch", "ran")
    assert done.status == 3 and NAMES[layer] in done.err
    assert not (friday.repo / "ran").exists()
    assert "missing here" in friday("doctor").out
    outside = tmp_path / "outside.txt"
    done = friday("sandbox", "--accept-missing", "--", "sh", "-c",
                  f"echo in > ran; echo x > {outside}; id -u")
    assert (friday.repo / "ran").read_text() == "in\n", done
    assert not outside.exists()


@pytest.mark.parametrize("mode", ["ask", "required", "off"])
def test_no_mode_runs_weaker_in_silence(friday, server, tmp_path, mode):
    """With nobody to answer, a command that lacks a layer is not run, though
    the mode is auto and (but where the user has switched it off) a rule
    allows it."""
    stand_in(friday, tmp_path, LACKS.format("landlock"))
    friday.config({"sandbox": {"mode": mode},
                   "permissions": [] if mode == "off" else ["allow shell"]})
    server.script([call("shell", command="touch ran")], [say("Done.")])
    done = friday("run", "touch it")
    assert not (friday.repo / "ran").exists(), done
    friday("tool", "run", "shell", "--args", '{"command":"touch by-hand"}')
    assert (friday.repo / "by-hand").exists() == (mode != "required")


def test_the_tools_of_a_run_are_in_the_sandbox(friday, server, tmp_path):
    outside = tmp_path / "outside.txt"
    friday.write(".env", "PASSWORD=TOP-SECRET\n")
    # In files, where the policy does not see what they do.
    friday.write("script.sh", f"echo in > in; echo x > {outside}; cat .env; "
                 "echo $FRIDAY_API_KEY$GITHUB_TOKEN\n")
    friday.write("background.sh",
                 f"echo y > in2; echo x > {outside}; sleep 9\n")
    server.script(
        [call("shell", command="sh ./script.sh")],
        [say("Done.")])
    done = friday("run", "--json", "go", GITHUB_TOKEN="ghp-test-token")
    result = done.of("tool.finished")[0]["result"]
    assert (friday.repo / "in").exists() and not outside.exists()
    for word in ("TOP-SECRET", "test-token", "test-key"):
        assert word not in result
    server.script([call("shell_background", action="start",
                        command="sh ./background.sh",
                        wait_ms=2000)], [say("Done.")])
    friday("run", "go")
    assert (friday.repo / "in2").exists() and not outside.exists()


def test_what_a_person_allowed_is_not_held(friday, server):
    """`tool run` by hand is a person's word; so is a rule that names it."""
    config = friday.repo / ".git/config"
    friday("tool", "run", "shell", "--args",
           '{"command":"git config a.b c; mkdir .vscode"}')
    assert "b = c" in config.read_text()
    assert (friday.repo / ".vscode").exists()
    (friday.repo / ".vscode").rmdir()
    server.script([call("shell", command="git config a.b evil")],
                  [call("write", path=".github/workflows/x.yml", content="x")],
                  [call("shell", command="make; mkdir .vscode")],
                  [say("Done.")])
    friday.write("Makefile", "all:\n\t-git config a.b evil\n")
    done = friday("run", "--json", "go")
    assert "evil" not in config.read_text()
    assert not (friday.repo / ".github").exists()
    assert not (friday.repo / ".vscode").exists(), done


def test_a_background_shell_leaves_the_users_files(friday, server):
    """Beside it the user works: what comes to be is not taken away."""
    server.script([call("shell_background", action="start",
                        command="sh ./wait.sh", wait_ms=1000)],
                  [say("Done.")])
    friday.write("wait.sh", "while [ ! -e .vscode ]; do sleep 0.05; done\n")
    running = friday.start("run", "go")
    wait_for(lambda: alive("wait.sh"))
    friday.write(".vscode/settings.json", "{}")
    running.communicate(timeout=30)
    assert friday.read(".vscode/settings.json") == "{}"


@pytest.mark.parametrize("tool", ["shell", "shell_background"])
def test_killing_friday_ends_its_commands(friday, server, tool):
    mark = f"6{os.getpid()}{len(tool)}"
    friday.write("wait.sh", f"trap '' TERM HUP INT\nsetsid sleep {mark} &\n"
                 f"sleep {mark}\n")
    args = {"command": "sh ./wait.sh"}
    if tool == "shell_background":
        args.update(action="start", wait_ms=20000)
    server.script([call(tool, **args)], [say("Done.")])
    running = friday.start("run", "go")
    wait_for(lambda: len(alive(f"sleep\0{mark}")) == 2)
    running.kill()
    running.communicate()
    wait_for(lambda: not alive(mark), timeout=3, what="its end")


def test_a_git_folder_of_the_environment_is_there(friday, tmp_path):
    """As git sets it for its hooks."""
    elsewhere = tmp_path / "store.git"
    friday.repo.joinpath(".git").rename(elsewhere)
    done = friday("sandbox", "--", "sh", "-c", "echo 1 > f; git add f && git "
                  "commit -qm one && git log --format=%s -1; git config a.b c;"
                  f" echo evil > {elsewhere}/hooks/pre-commit",
                  GIT_DIR=str(elsewhere), GIT_WORK_TREE=str(friday.repo))
    assert done.out == "one\n", done
    assert not (elsewhere / "hooks/pre-commit").exists()
    assert "[a]" not in (elsewhere / "config").read_text()


def test_hooks_of_a_commit_are_in_the_sandbox(friday, server, tmp_path):
    outside = tmp_path / "outside.txt"
    hook = friday.write(".git/hooks/pre-commit", "#!/bin/sh\necho ran > "
                        f"hook.txt\necho x > {outside}\ntrue\n")
    hook.chmod(0o755)
    friday.write("new.txt", "new\n")
    server.script([call("git", action="add", paths=["new.txt"]),
                   call("git", action="commit", message="one")],
                  [say("Done.")])
    friday("run", "commit")
    assert "one" in friday.git("log", "--format=%s")
    assert friday.read("hook.txt") == "ran\n" and not outside.exists()


# --- network through the proxy ---------------------------------------------

FETCH = """
import os, socket, sys, urllib.request, urllib.error
for url in sys.argv[1:]:
    try: print(urllib.request.urlopen(url, timeout=10).read().decode())
    except urllib.error.HTTPError as e: print(e.code)
    except OSError as e: print("none")
"""


class Origin:
    """An HTTP server on loopback, outside of the sandbox."""

    def __init__(self):
        import http.server

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = f"{self.path} {self.headers['Host']}".encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0),
                                                      Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever,
                         daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def origins():
    pair = Origin(), Origin()
    yield pair
    for origin in pair:
        origin.close()


def fetch(box, *urls, options=("--network",)):
    return box.run("/usr/bin/python3", "-c", FETCH, *urls, options=options)


def test_the_network_is_a_list_of_hosts(box, origins):
    listed, other = origins
    box.friday.config({"sandbox": {"hosts": [
        f"127.0.0.1:{listed.port}", "localhost"]}})
    status, out, err = fetch(
        box, f"http://127.0.0.1:{listed.port}/a",
        f"http://127.0.0.1:{other.port}/b", "http://169.254.169.254/",
        f"http://localhost:{listed.port}/c", "http://10.0.0.1/")
    # urllib itself takes loopback from no_proxy; ask without it as well.
    assert status == 0, err
    code = FETCH.replace("import os,", "import os\nos.environ['no_proxy'] = "
                         "os.environ['NO_PROXY'] = ''\nimport")
    status, out, err = box.run(
        "/usr/bin/python3", "-c", code, f"http://127.0.0.1:{listed.port}/a",
        f"http://127.0.0.1:{other.port}/b", "http://169.254.169.254/",
        f"http://localhost:{listed.port}/c", "http://localhost/",
        options=("--network",))
    assert out.split("\n")[:-1] == [
        f"/a 127.0.0.1:{listed.port}", "403", "403", "403", "502"], err


def test_a_tunnel_goes_to_listed_hosts_only(box, origins):
    listed, other = origins
    box.friday.config({"sandbox": {"hosts": [f"127.0.0.1:{listed.port}"]}})
    code = """
import socket, sys
for port in sys.argv[1:]:
    s = socket.create_connection(("127.0.0.1", 3128))
    s.sendall(f"CONNECT 127.0.0.1:{port} HTTP/1.1\\r\\n\\r\\n".encode())
    line = s.recv(4096).split(b"\\r\\n")[0].split()[1].decode()
    if line == "200":
        s.sendall(b"GET /t HTTP/1.0\\r\\nHost: h\\r\\n\\r\\n")
        line += " " + s.makefile().read().split("\\n")[-1]
    print(line)
"""
    status, out, err = box.run(
        "/usr/bin/python3", "-c", code, str(listed.port), str(other.port),
        options=("--network",))
    assert out == "200 /t h\n403\n", err


def test_without_network_there_is_no_proxy(box, origins):
    box.friday.config({"sandbox": {"hosts": [f"127.0.0.1:{origins[0].port}"]}})
    status, out, _ = fetch(box, f"http://127.0.0.1:{origins[0].port}/",
                           options=())
    assert out == "none\n"
    assert "http_proxy=" not in box.ok("env").lower()
    assert box.sh("exit 7", options=("--network",))[0] == 7
    mark = f"5{os.getpid()}{box.uid}"
    process = box.start("bash", "-c", f"echo ready; sleep {mark}",
                        options=("--network",))
    assert process.stdout.readline() == b"ready\n"
    process.kill()
    process.wait()
    wait_for(lambda: not alive(f"sleep\0{mark}"), timeout=2)


def test_tools_reach_listed_hosts_when_configured(friday, server, origins):
    friday.config({"sandbox": {"network": True, "hosts": [
        f"127.0.0.1:{origins[0].port}"]}})
    command = ("NO_PROXY= no_proxy= python3 -c 'import urllib.request as u;"
               f"print(u.urlopen(\"http://127.0.0.1:{origins[0].port}/x\")"
               ".read())'")
    server.script([call("shell", command=command)], [say("Done.")])
    done = friday("run", "--json", "go")
    assert "/x 127" in done.of("tool.finished")[0]["result"], done
