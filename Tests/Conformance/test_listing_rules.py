"""What the rule that allows a listing makes of it: which names it shows, and how many."""

import pytest

FILTER = 'list_scan_response_keys_filter_path = "{{ .path }}{{ .key }}"'
NAMES = ["a", "b", "c", "sub/d", "sub/e"]


@pytest.fixture
def listing(plain, plain_kv2, make_plain_token):
    """Lists below a fresh KV v2 mount with the given rules, whose paths begin behind the mount's `metadata/`."""
    for name in NAMES:
        body = {"data": {"v": name}}
        assert plain.call("PUT", f"/v1/{plain_kv2}/data/{name}", token="root", body=body).status == 200

    def prepare(*rules):
        token = make_plain_token("\n".join(rules).replace("MOUNT", plain_kv2))
        return lambda method, path, query="": plain.call(method, f"/v1/{plain_kv2}/{path}{query}", token=token)

    return prepare


def rule(path, capabilities, more=""):
    """One block of a policy."""
    words = ", ".join(f'"{word}"' for word in capabilities.split())
    return f'path "MOUNT/{path}" {{\n capabilities = [{words}]\n {more}\n}}'


def test_names_that_may_not_be_read_are_left_out(listing):
    ask = listing(
        rule("metadata/", "list scan", FILTER),
        rule("metadata/a", "read"),
        rule("metadata/b", "list update"),
        rule("metadata/c", "read", 'required_parameters = ["x"]'),
        rule("metadata/sub/", "list"),
        rule("metadata/sub/d", "read"),
    )
    assert ask("LIST", "metadata").json["data"]["keys"] == ["a", "sub/"]
    assert ask("GET", "metadata", "?list=true").json["data"]["keys"] == ["a", "sub/"]
    assert ask("SCAN", "metadata").json["data"]["keys"] == ["a", "sub/d"]


def test_details_go_with_their_names(listing):
    ask = listing(
        rule(
            "detailed-metadata/*",
            "list scan",
            'list_scan_response_keys_filter_path = "MOUNT/metadata/{{ .key }}"',
        ),
        rule("metadata/b", "read"),
        rule("metadata/sub/e", "read"),
    )
    for method, shown in (("LIST", ["b"]), ("SCAN", ["b", "sub/e"])):
        data = ask(method, "detailed-metadata").json["data"]
        assert (data["keys"], sorted(data["key_info"])) == (shown, shown)


def test_where_nothing_is_left_a_list_is_not_found_and_a_scan_is_empty(listing):
    ask = listing(rule("*", "list scan", 'list_scan_response_keys_filter_path = "none/{{ .key }}"'))
    for path in ("metadata", "detailed-metadata"):
        answer = ask("LIST", path)
        assert (answer.status, answer.json) == (404, {"errors": []})
        answer = ask("SCAN", path)
        assert (answer.status, answer.json["data"]["keys"]) == (200, [])


@pytest.mark.parametrize(
    "query, count",
    [("", 2), ("?limit=0", 2), ("?limit=max", 2), ("?limit=", 2), ("?limit=1", 1), ("?limit=2", 2)],
)
def test_a_page_is_no_longer_than_the_rule_says(listing, query, count):
    ask = listing(rule("metadata/*", "list", "pagination_limit = 2"))
    assert len(ask("LIST", "metadata", query).json["data"]["keys"]) == count


@pytest.mark.parametrize("query", ["?limit=3", "?limit=-1", "?limit=x", "?limit=MAX", "?limit=1&limit=2"])
def test_longer_pages_are_refused(listing, query):
    ask = listing(rule("metadata/*", "list", "pagination_limit = 2"))
    assert ask("LIST", "metadata", query).status == 403


def test_without_a_bound_the_most_is_all(listing):
    ask = listing(rule("metadata/*", "list"))
    assert ask("LIST", "metadata", "?limit=max").json["data"]["keys"] == ["a", "b", "c", "sub/"]
