"""The page `docs/requirements.md`: what it names is there, and no line is without something that shows it."""

import re

import pytest

import harness

PAGE = harness.ROOT / "docs" / "requirements.md"
TEXT = PAGE.read_text()
TESTS = harness.ROOT / "Tests"
ROWS = [line for line in TEXT.splitlines() if line.startswith("| ") and not line.startswith("| asked for")]


@pytest.mark.parametrize("pointer", sorted(set(re.findall(r"\btest_\w+\.py::\w+", TEXT))))
def test_a_named_test_is_there(pointer):
    file, _, name = pointer.partition("::")
    assert re.search(rf"^def {name}\(", (TESTS / "Conformance" / file).read_text(), re.MULTILINE)


@pytest.mark.parametrize("suite", sorted(set(re.findall(r"`(\w+Tests)`", TEXT))))
def test_a_named_suite_is_there(suite):
    declared = re.compile(rf"\b(struct|class) {suite}\b")
    assert any(declared.search(file.read_text()) for file in TESTS.rglob("*.swift"))


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#]+)", TEXT))))
def test_a_named_document_is_there(link):
    assert (PAGE.parent / link).is_file()


def test_no_line_is_without_something_that_shows_it():
    shown = re.compile(r"`\w+\.py::\w+`|`\w+Tests`|\]\(\S+\)|\*\*Not there yet\*\*")
    assert len(ROWS) > 40
    assert [row for row in ROWS if not shown.search(row.rpartition(" | ")[2])] == []


def test_what_is_pending_says_that_it_is_not_there():
    assert [row for row in ROWS if "<!-- pending" in row and "**Not there yet**" not in row] == []
