"""Measures PulseVault beside a bare responder and OpenBao, in one run on one machine (`make bench`).

Environment: PULSEVAULT_BIN, CEILING_BIN, EVALUATION_BIN; ROUNDS (3), SECONDS_EACH (5), CONNECTIONS (64),
SECRETS (10000), MANY_FLAGS (10000); DOCUMENT (docs/performance.md). Prints tables and writes them to the document
between its two markers. An answer that is an error fails the run.
"""

import os
import pathlib

import flag_report
import flags
import kv
import report
import servers

DOCUMENT = pathlib.Path(__file__).resolve().parent.parent / "docs" / "performance.md"


def main():
    with servers.Ceiling(os.environ["CEILING_BIN"]) as ceiling:
        secrets = kv.measure(ceiling)
        evaluated = flags.measure(ceiling)
    text = "\n".join([*report.preface(), "", *report.secrets(secrets), "", *flag_report.lines(evaluated)])
    print(text)
    document = pathlib.Path(os.environ.get("DOCUMENT", DOCUMENT))
    before, _, rest = document.read_text().partition("<!-- measured -->")
    after = rest.partition("<!-- end -->")[2]
    document.write_text(f"{before}<!-- measured -->\n{text}\n<!-- end -->{after}")


if __name__ == "__main__":
    main()
