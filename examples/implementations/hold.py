"""Holds every implementation of this folder, the right ones and each of their faults, against the suite of its spec.

`python3 examples/implementations/hold.py` writes what came of it to `docs/implementations.md`; with `--check` it only says
whether that page is still true. `FLOWSPEC` names the program to be used, if not that of `cargo run --release`.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parent.parent / "docs" / "implementations.md"
CLASSES = Path("target/examples/java")
FLOWSPEC = os.environ.get("FLOWSPEC", "cargo run --quiet --release --").split()

# Where each stands, how it is started, and what it is held against.
IMPLEMENTATIONS = [
    ("python/sign_in.py", ["python3"], ["specs/sign_in"]),
    ("python/register_web_phone.py", ["python3"], ["specs/alipay", "--flow", "register_web_phone"]),
    ("python/order_return.py", ["python3"], ["specs/order_return"]),
    ("javascript/cash_withdrawal.js", ["node"], ["specs/cash_withdrawal"]),
    ("javascript/device_authorization.js", ["node"], ["specs/device_authorization"]),
    ("java/SignIn.java", ["java", "-XX:TieredStopAtLevel=1", "-cp", str(CLASSES)], ["specs/sign_in"]),
    ("rust/src/lib.rs", ["target/debug/flowspec-example-smtp"], ["specs/smtp_session"]),
]
FAULT = re.compile(r"""^\s+\(?["']?(\w+)["']?[:,] ["'](.+)["'][,)]""")

TOP = """# Right and wrong implementations, and what their suites say

Seven implementations in four languages stand in `examples/implementations/`, written by hand from the facts of six
specs. Each can be told to go wrong in one way. `python3 examples/implementations/hold.py` holds them all against the
suites and writes this page; CI runs it again.

- *Fails* is the requirement of the first test that fails, and how many fail in all.
- *Behaves like* is the report's diagnosis: a fault of the flow, or two, that explains everything that was observed; in
  italics what only all failures have in common.
"""


def faults(source):
    """The ways in which an implementation can be told to go wrong, each with what it does then."""
    lines = source.read_text(encoding="utf-8").split("FAULTS", 1)[1].splitlines()[1:]
    found = []
    for line in lines:
        fault = FAULT.match(line)
        if not fault:
            break
        found.append(fault.groups())
    return found


def hold(run):
    """Runs a suite: the exit code, the failing tests, and the diagnosis."""
    source, start, spec, fault = run
    program = {".java": [source.stem], ".rs": []}.get(source.suffix, [str(source)])
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "results.jsonl"
        options = ["--no-kept", "--walks", "0", "--report", f"jsonl={report}"]
        command = [*FLOWSPEC, "test", *spec, *options, "--", *start, *program, *([fault] if fault else [])]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        lines = [json.loads(line) for line in report.read_text(encoding="utf-8").splitlines()] if report.exists() else []
    if not lines:
        sys.exit(f"{' '.join(command)}\n{done.stderr}")
    tests = [line["test"] for line in lines if "test" in line]
    failing = [test for test in tests if test["verdict"] not in ("pass", "unsupported", "undetermined")]
    diagnosis = next((line["diagnosis"] for line in lines if "diagnosis" in line), None)
    return done.returncode, failing, len(tests), diagnosis


def row(fault, what, result):
    code, failing, _, diagnosis = result
    fails = f"`{failing[0]['requirement']}`, {len(failing)}" if failing else "**nothing**"
    like = " and ".join(diagnosis["faults"]) if diagnosis else "—"
    if diagnosis and diagnosis.get("common"):
        like = f"*{like}*"
    more = f" (or {diagnosis['others']} others)" if diagnosis and diagnosis["others"] else ""
    cells = [fault, what, fails, like + more]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def main():
    if unknown := [argument for argument in sys.argv[1:] if argument != "--check"]:
        sys.exit(__doc__.strip() if unknown[0] in ("-h", "--help") else f"{unknown[0]} means nothing here: see --help")
    os.chdir(HERE.parent.parent)
    CLASSES.mkdir(parents=True, exist_ok=True)
    subprocess.run(["javac", "-d", CLASSES, *HERE.glob("java/*.java")], check=True)
    subprocess.run(["cargo", "build", "--quiet", "--package", "flowspec-example-smtp"], check=True)
    runs = []
    for name, start, spec in IMPLEMENTATIONS:
        source = (HERE / name).relative_to(Path.cwd())
        runs.append((source, start, spec, None))
        runs += [(source, start, spec, fault) for fault, _ in faults(source)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = dict(zip(map(str, runs), pool.map(hold, runs)))
    page, wrong, caught, named, common, troubled = [TOP], 0, 0, 0, 0, []
    for name, start, spec in IMPLEMENTATIONS:
        source = (HERE / name).relative_to(Path.cwd())
        at = lambda fault: results[str((source, start, spec, fault))]  # noqa: E731
        code, failing, tests, _ = at(None)
        if code != 0:
            troubled.append(f"{name} is right, and ends with {code}: {[test['requirement'] for test in failing][:3]}")
        page.append(f"## `{name}`\n\nHeld against `{spec[-1]}`, {tests} tests. Right: it passes.\n")
        page.append("| fault | what it does | fails | behaves like |\n| --- | --- | --- | --- |")
        for fault, what in faults(source):
            code, _, _, diagnosis = at(fault)
            wrong, caught, named = wrong + 1, caught + (code == 1), named + (diagnosis is not None)
            common += bool(diagnosis and diagnosis.get("common"))
            page.append(row(fault, what, at(fault)))
        page.append("")
    told = f"\nOf {wrong} wrong ones {caught} fail, and {named - common} of these are diagnosed by a fault and \
{common} by what their failures have in common; none of the right ones fails.\n"
    page[0] += told
    text = "\n".join(page)
    if "--check" not in sys.argv:
        PAGE.write_text(text, encoding="utf-8")
    elif PAGE.read_text(encoding="utf-8") != text:
        troubled.append(f"{PAGE.name} is not what comes of it now: run {Path(__file__).name} and look at the difference")
    print(told.strip())
    sys.exit("\n".join(troubled) or None)


if __name__ == "__main__":
    main()
