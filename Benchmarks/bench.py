"""Measures PulseVault beside a bare responder and OpenBao, in one run on one machine (`make bench`).

Environment: PULSEVAULT_BIN, CEILING_BIN, EVALUATION_BIN; ROUNDS (3), SECONDS_EACH (5), CONNECTIONS (64),
SECRETS (10000), MANY_FLAGS (10000); PARTS (secrets,flags,configuration); DOCUMENT (docs/performance.md). Prints tables
and, when all parts were measured, writes them to the document between its two markers. An answer that is an error fails
the run.
"""

import os
import pathlib

import config_report
import configuration
import flag_report
import flags
import kv
import report
import servers

DOCUMENT = pathlib.Path(__file__).resolve().parent.parent / "docs" / "performance.md"
# What measures each part, and what makes its tables.
PARTS = {
    "secrets": (kv.measure, report.secrets),
    "flags": (flags.measure, flag_report.lines),
    "configuration": (configuration.measure, config_report.lines),
}


def main():
    parts = os.environ.get("PARTS", ",".join(PARTS)).split(",")
    with servers.Ceiling(os.environ["CEILING_BIN"]) as ceiling:
        sections = [PARTS[part][1](PARTS[part][0](ceiling)) for part in parts]
    text = "\n".join([*report.preface(), *(line for lines in sections for line in ("", *lines))])
    print(text)
    if {*parts} != {*PARTS}:
        return
    document = pathlib.Path(os.environ.get("DOCUMENT", DOCUMENT))
    before, _, rest = document.read_text().partition("<!-- measured -->")
    after = rest.partition("<!-- end -->")[2]
    document.write_text(f"{before}<!-- measured -->\n{text}\n<!-- end -->{after}")


if __name__ == "__main__":
    main()
