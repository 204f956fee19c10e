"""`vaultcli run`: a command with values in its environment, its output masked, its signals and status passed on."""

import contextlib
import os
import pathlib
import pty
import select
import signal
import stat
import subprocess
import sys
import time

import pytest

import harness

pytestmark = pytest.mark.beyond_bao(reason="the tool under test is vaultcli")

PLANTED = "planted-Kq83-value"
KEY = "-----BEGIN KEY-----\nbGluZSBvbmUgb2Yga2V5\nbGluZSB0d28gb2Yga2V5\n-----END KEY-----\n"
SOON = 30


def client_binary():
    """The tool under test: `VAULTCLI_BIN`, else the one beside the server."""
    beside = pathlib.Path(harness.server_binary()).parent / "vaultcli"
    return os.environ.get("VAULTCLI_BIN") or str(beside)


def environment(server, **more):
    """What the tool finds in its own environment."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("PULSEVAULT_")}
    own |= {"VAULT_ADDR": server.address, "VAULT_TOKEN": server.root_token, "HOME": str(server.folder)}
    return own | {"VAULT_MAX_RETRIES": "0"} | more


@pytest.fixture
def secret(plain, plain_kv2):
    """The path of a secret with a short value, a value and a key of several lines."""
    write(plain, plain_kv2, {"password": PLANTED, "key": KEY, "pin": "123", "n": 4711})
    return f"{plain_kv2}/app"


def write(server, mount, data):
    answer = server.call("POST", f"/v1/{mount}/data/app", token="root", body={"data": data})
    assert answer.status == 200, answer.text


def as_in_the_foreground():
    """Takes the signals that a shell ignores for its background commands, which these tests may be among."""
    for name in (signal.SIGINT, signal.SIGQUIT):
        signal.signal(name, signal.SIG_DFL)


def commands_of(process):
    """The processes that a process has started and that are still there."""
    children = [threads / "children" for threads in pathlib.Path(f"/proc/{process.pid}/task").iterdir()]
    return [int(number) for path in children for number in path.read_text().split()]


@pytest.fixture
def start(plain):
    """Starts `vaultcli run` with options and a Python program as its command."""
    started = []

    def run(*options, program, server=plain, env=None, **more):
        words = [client_binary(), "run", *options, "--", sys.executable, "-c", program]
        how = {
            "stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE,
            "preexec_fn": as_in_the_foreground,
        }
        process = subprocess.Popen(words, env=environment(server, **(env or {})), **how | more)
        started.append(process)
        return process

    yield run
    for process in started:
        if process.poll() is None:
            # The command first: nobody would end it once the tool is gone.
            for command in commands_of(process):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(command, signal.SIGKILL)
            process.kill()
        process.wait()


@pytest.fixture
def run(start):
    """Runs to the end; answers status, output and error as text."""

    def finish(*options, **more):
        process = start(*options, **more)
        output, error = process.communicate(timeout=60)
        return process.returncode, output.decode(), error.decode()

    return finish


def line_of(process, stream="stdout"):
    """The next line of a stream."""
    handle = getattr(process, stream)
    ready, _, _ = select.select([handle], [], [], SOON)
    assert ready, f"no line of {stream} within {SOON} s"
    return handle.readline().decode().rstrip("\n")


# -- environment ----------------------------------------------------------------------------------


def test_a_secret_is_in_the_environment_and_the_token_is_not(run, secret):
    program = (
        "import os; print(len(os.environ['DB_PASSWORD']), os.environ['N'], os.environ['OTHER'],"
        " [name for name in os.environ if name.endswith('_TOKEN')])"
    )
    status, output, _ = run(
        "-secret", f"DB_PASSWORD={secret}#password", f"-secret=N={secret}#n", program=program, env={"OTHER": "kept"}
    )
    assert (status, output) == (0, f"{len(PLANTED)} ******** kept []\n")


def test_the_token_stays_when_asked(run, secret):
    program = "import os; print('VAULT_TOKEN' in os.environ)"
    assert run("-keep-token", f"-secret=A={secret}#password", program=program)[:2] == (0, "True\n")


def test_versions_and_the_spelling_of_references_are_understood(plain, plain_kv2, run, secret):
    write(plain, plain_kv2, {"password": "second-value"})
    program = "import os; print(len(os.environ['A']), len(os.environ['B']), len(os.environ['C']))"
    reference = secret.replace("/app", "/data/app")
    status, output, error = run(
        f"-secret=A={secret}@1#password", f"-secret=B={secret}#password", f"-secret=C={reference}#password",
        program=program,
    )
    assert (status, output) == (0, f"{len(PLANTED)} 12 12\n"), error


def test_what_is_missing_starts_nothing(run, secret, tmp_path):
    touch = f"open({str(tmp_path / 'started')!r}, 'w')"
    for reference in (f"{secret}#nothing", f"{secret}-not#password"):
        status, _, error = run(f"-secret=A={reference}", program=touch)
        assert status == 2 and ("nothing" in error or "No value found" in error)
    assert not (tmp_path / "started").exists()


def test_a_token_without_the_right_starts_nothing(run, secret, make_plain_token):
    token = make_plain_token('path "sys/internal/ui/mounts/*" { capabilities = ["read"] }')
    status, _, error = run(f"-secret=A={secret}#password", program="pass", env={"VAULT_TOKEN": token})
    assert status == 2 and "403" in error


# -- output ---------------------------------------------------------------------------------------


def test_secrets_are_masked_in_both_streams_however_they_are_written(run, secret):
    program = """
import os, sys, time
value, key = os.environ['A'], os.environ['K']
print('start', value, 'end')
print(value, file=sys.stderr)
for byte in f'<{value}>':
    sys.stdout.write(byte)
    sys.stdout.flush()
for line in key.splitlines():
    print('|' + line + '|')
sys.stdout.write(value[:-1])
"""
    status, output, error = run(f"-secret=A={secret}#password", f"-secret=K={secret}#key", program=program)
    assert status == 0
    # The last word is no secret but the beginning of one, and comes out at the end.
    assert output == "start ******** end\n<********>|********|\n|********|\n|********|\n|********|\n" + PLANTED[:-1]
    assert error == "********\n"


def test_short_values_are_named_and_not_masked(run, secret):
    status, output, error = run(f"-secret=PIN={secret}#pin", program="import os; print(os.environ['PIN'])")
    assert (status, output) == (0, "123\n")
    assert error == "Too short to be masked, under 4 bytes: PIN\n"


@pytest.mark.parametrize("option", ["-no-mask", "-mask=false"])
def test_without_the_mask_the_command_takes_the_tools_place(start, secret, option):
    program = "import os; print(os.getpid(), os.environ['A'], 'VAULT_TOKEN' in os.environ)"
    process = start(option, f"-secret=A={secret}#password", program=program)
    output, error = process.communicate(timeout=60)
    assert output.decode() == f"{process.pid} {PLANTED} False\n", error


def test_large_output_comes_whole_and_in_order(run, secret):
    program = "import os\nfor n in range(200000): print(n, os.environ['A'])"
    status, output, error = run(f"-secret=A={secret}#password", program=program)
    assert status == 0 and error == ""
    lines = output.splitlines()
    assert len(lines) == 200000
    assert all(line == f"{number} ********" for number, line in enumerate(lines))


def test_output_of_what_outlives_the_command_is_not_waited_for(run, secret):
    program = """
import os, subprocess, sys
print('before', flush=True)
subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])
"""
    began = time.monotonic()
    assert run(f"-secret=A={secret}#password", program=program)[:2] == (0, "before\n")
    assert time.monotonic() - began < 30


def test_a_reader_that_goes_away_ends_the_command_as_without_the_tool(start, secret):
    process = start(
        f"-secret=A={secret}#password", stderr=subprocess.DEVNULL,
        program="import signal; signal.signal(signal.SIGPIPE, signal.SIG_DFL)\nwhile True: print('y' * 1000)",
    )
    process.stdout.read(10)
    process.stdout.close()
    assert process.wait(timeout=SOON) == 128 + signal.SIGPIPE


# -- status and signals ---------------------------------------------------------------------------


@pytest.mark.parametrize("status", [0, 1, 3, 255])
def test_the_exit_status_is_the_commands(run, secret, status):
    assert run(f"-secret=A={secret}#password", program=f"import sys; sys.exit({status})")[0] == status


def test_the_end_by_a_signal_is_told_as_shells_do(run, secret):
    program = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    assert run(f"-secret=A={secret}#password", program=program)[0] == 128 + signal.SIGKILL


def test_a_command_that_is_not_there_has_the_shells_status(plain, secret):
    for command, status in (("/nonexistent/command", 127), ("/etc", 126)):
        for option in ("-mask", "-no-mask"):
            words = [client_binary(), "run", option, f"-secret=A={secret}#password", "--", command]
            done = subprocess.run(words, env=environment(plain), capture_output=True, text=True, timeout=60)
            assert done.returncode == status, done.stderr
            assert done.stderr.startswith(command + ": ")


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGQUIT"])
def test_signals_are_passed_on(start, secret, name):
    program = f"""
import signal, sys
def handle(number, frame):
    print('got', number, flush=True)
    sys.exit(7)
signal.signal(signal.{name}, handle)
print('ready', flush=True)
while True: signal.pause()
"""
    process = start(f"-secret=A={secret}#password", program=program)
    assert line_of(process) == "ready"
    number = getattr(signal, name)
    process.send_signal(number)
    assert line_of(process) == f"got {int(number)}"
    assert process.wait(timeout=SOON) == 7


def test_a_signal_that_ends_the_command_is_its_status(start, secret):
    process = start(f"-secret=A={secret}#password", program="import signal; print(1, flush=True); signal.pause()")
    assert line_of(process) == "1"
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=SOON) == 128 + signal.SIGTERM


def test_no_signals_are_blocked_or_ignored_in_the_command(run, secret):
    program = """
for line in open('/proc/self/status'):
    if line.startswith(('SigBlk', 'SigIgn')): print(line.split()[1])
"""
    for option in ("-mask", "-no-mask"):
        status, output, _ = run(
            option, f"-secret=A={secret}#password",
            # Python ignores SIGPIPE and SIGXFSZ for itself.
            program=f"import subprocess, sys; subprocess.run([sys.executable, '-S', '-c', {program!r}])",
        )
        blocked, ignored = output.split()
        assert status == 0 and int(blocked, 16) == 0
        # Those that the test's own surroundings ignore from 32 on are the C library's.
        others = (1 << 31) - 1 & ~(1 << (signal.SIGPIPE - 1)) & ~(1 << (signal.SIGXFSZ - 1))
        assert int(ignored, 16) & others == 0


def test_a_signal_that_was_ignored_at_the_start_stays_so(start, secret):
    program = "import os, signal; print(signal.getsignal(signal.SIGHUP) == signal.SIG_IGN, flush=True); input()"
    process = start(
        f"-secret=A={secret}#password", program=program, stdin=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),
    )
    assert line_of(process) == "True"
    process.send_signal(signal.SIGHUP)
    assert process.communicate(b"\n", timeout=60)[0] == b"" and process.returncode == 0


def test_standard_input_is_the_commands(start, secret):
    process = start(
        f"-secret=A={secret}#password", stdin=subprocess.PIPE, program="import sys; print(sys.stdin.read().upper())"
    )
    assert process.communicate(b"abc", timeout=60)[0] == b"ABC\n"


def test_the_terminal_is_the_commands_while_it_runs(plain, secret):
    program = "import sys; print('ready', flush=True); print(sys.stdin.readline().strip().upper(), flush=True)"
    words = [client_binary(), "run", f"-secret=A={secret}#password", "--", sys.executable, "-c", program]
    child, terminal = pty.fork()
    if child == 0:
        os.execve(words[0], words, environment(plain))
    seen = b""

    def read_until(wanted):
        nonlocal seen
        end = time.monotonic() + SOON
        while wanted not in seen:
            assert time.monotonic() < end, seen
            ready, _, _ = select.select([terminal], [], [], 1)
            if ready:
                try:
                    seen += os.read(terminal, 4096)
                except OSError:
                    break
        assert wanted in seen, seen

    read_until(b"ready")
    os.write(terminal, b"hello\n")
    read_until(b"HELLO")
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    os.close(terminal)


# -- changes and outages --------------------------------------------------------------------------


def test_a_changed_secret_starts_the_command_anew(plain, plain_kv2, start, secret):
    program = """
import os, signal, sys
signal.signal(signal.SIGTERM, lambda *_: (print('bye', flush=True), sys.exit(0)))
print('started', len(os.environ['A']), os.environ['A'], flush=True)
while True: signal.pause()
"""
    process = start("-on-change=restart", "-interval=1s", f"-secret=A={secret}#password", program=program)
    assert line_of(process) == f"started {len(PLANTED)} ********"
    write(plain, plain_kv2, {"password": "another-" + PLANTED})
    assert line_of(process) == "bye"
    assert line_of(process) == f"started {len('another-' + PLANTED)} ********"
    assert line_of(process, "stderr") == "Changed: A. The command is started anew."
    process.send_signal(signal.SIGTERM)
    assert line_of(process) == "bye"
    assert process.wait(timeout=SOON) == 0


def test_a_command_that_does_not_end_is_killed(plain, plain_kv2, start, secret):
    program = """
import os, signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print('started', len(os.environ['A']), flush=True)
while True: signal.pause()
"""
    process = start(
        "-on-change=restart", "-grace=1s", "-interval=1s", f"-secret=A={secret}#password", program=program
    )
    assert line_of(process) == f"started {len(PLANTED)}"
    write(plain, plain_kv2, {"password": "new-value"})
    assert line_of(process) == "started 9"


def test_a_changed_secret_sends_a_signal_and_is_masked_from_then_on(plain, plain_kv2, start, secret):
    program = """
import signal
def handle(number, frame): print('new-value', flush=True)
signal.signal(signal.SIGHUP, handle)
print('new-value', flush=True)
while True: signal.pause()
"""
    process = start("-on-change=signal:HUP", "-interval=1s", f"-secret=A={secret}#password", program=program)
    assert line_of(process) == "new-value"
    write(plain, plain_kv2, {"password": "new-value"})
    assert line_of(process) == "********"


def test_the_command_keeps_its_values_while_the_server_is_gone(new_server, start):
    server = new_server()
    server.initialise()
    server.unseal()
    server.client().sys.enable_secrets_engine("kv", path="kv", options={"version": "2"})
    write(server, "kv", {"password": PLANTED})
    program = "import signal; print('started', flush=True)\nwhile True: signal.pause()"
    process = start(
        "-on-change=restart", "-interval=1s", "-secret=A=kv/app#password", program=program, server=server
    )
    assert line_of(process) == "started"
    server.stop()
    line = line_of(process, "stderr")
    assert line.startswith("The server is gone since 20") and line.endswith("the command keeps its last good values")
    assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=SOON) == 128 + signal.SIGTERM


def test_a_start_without_a_server_needs_values_of_an_earlier_one(new_server, run, tmp_path):
    server = new_server()
    server.initialise()
    server.unseal()
    server.client().sys.enable_secrets_engine("kv", path="kv", options={"version": "2"})
    write(server, "kv", {"password": PLANTED})
    program = "import os; print(len(os.environ['A']), os.environ['A'])"
    option = "-secret=A=kv/app#password"
    (full, lean) = (tmp_path / "full", tmp_path / "lean")
    seen = (0, f"{len(PLANTED)} ********\n")
    assert run(f"-cache={full}", "-cache-sensitive", option, program=program, server=server)[:2] == seen
    assert run(f"-cache={lean}", option, program=program, server=server)[:2] == seen
    for file in (full, lean):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert PLANTED in full.read_text() and PLANTED not in lean.read_text()

    server.stop()
    status, output, error = run(option, program=program, server=server)
    assert (status, output) == (2, "") and error.startswith("The command is not started without its values: ")
    status, output, error = run(f"-cache={full}", "-cache-sensitive", option, program=program, server=server)
    assert (status, output) == seen
    assert error.startswith("The server is gone (") and "; the command starts with the values of 20" in error
    status, output, error = run(f"-cache={lean}", option, program=program, server=server)
    assert (status, output) == (1, "")
    assert error == f"{lean} does not hold the sensitive A; -cache-sensitive keeps them\n"
    full.chmod(0o644)
    assert run(f"-cache={full}", option, program=program, server=server)[0] == 1
