"""KV version 2 through hvac."""

import re
import time

import hvac.exceptions
import pytest

TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


@pytest.fixture
def kv(root, kv2):
    """hvac's KV v2 client with its default mount set to a fresh one."""

    class Bound:
        path = kv2

        def __getattr__(self, name):
            call = getattr(root.secrets.kv.v2, name)
            return lambda *args, **options: call(*args, mount_point=kv2, **options)

    return Bound()


def read(kv, path, **options):
    """The `data` of a secret, errors raised for deleted versions."""
    return kv.read_secret_version(path, raise_on_deleted_version=True, **options)["data"]


def write(kv, path, *values):
    """Write the values in turn."""
    for value in values:
        kv.create_or_update_secret(path, value)


# -- configuration ------------------------------------------------------------------------------


def test_configuration_has_its_defaults_before_it_is_written(kv):
    data = kv.read_configuration()["data"]
    assert data["max_versions"] == 0
    assert data["cas_required"] is False
    assert data["delete_version_after"] == "0s"


def test_configuration_is_kept_as_written(kv):
    assert kv.configure(max_versions=7, cas_required=True, delete_version_after="3h25m19s").status_code == 204
    data = kv.read_configuration()["data"]
    assert (data["max_versions"], data["cas_required"], data["delete_version_after"]) == (7, True, "3h25m19s")


# -- writing and reading ------------------------------------------------------------------------


def test_a_write_answers_with_the_version_it_made(kv):
    data = kv.create_or_update_secret("app/db", {"user": "u", "n": 1})["data"]
    assert (data["version"], data["destroyed"], data["deletion_time"]) == (1, False, "")
    assert data["custom_metadata"] is None
    assert TIMESTAMP.fullmatch(data["created_time"])
    assert kv.create_or_update_secret("app/db", {"user": "v"})["data"]["version"] == 2
    current = read(kv, "app/db")
    assert current["data"] == {"user": "v"}
    assert set(current["metadata"]) >= {"created_time", "custom_metadata", "deletion_time", "destroyed", "version"}
    assert read(kv, "app/db", version=1)["data"] == {"user": "u", "n": 1}


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"": "empty key"},
        {"nested": {"list": [1, None, True, {"deep": "x"}], "n": None}},
        {"unicode": "caf\u00e9 \U0001f511 \u0000 \u2028", "quote": '"\\/\b'},
        {"int": 9007199254740991, "negative": -1, "zero": 0, "bool": False},
        {"long": "x" * 100_000},
    ],
    ids=["empty", "empty key", "nested", "unicode", "numbers", "long"],
)
def test_values_come_back_as_written(kv, value):
    kv.create_or_update_secret("x", value)
    assert read(kv, "x")["data"] == value


@pytest.mark.parametrize(
    "path", ["a", "a/b/c/d/e/f/g/h", "http:", "with space", "ünïcode/名", "dots...", "a+b*c", "x%y"]
)
def test_paths_of_every_kind_hold_secrets(kv, path):
    kv.create_or_update_secret(path, {"at": path})
    assert read(kv, path)["data"] == {"at": path}
    assert path.split("/")[0].rstrip("/") in [key.rstrip("/") for key in kv.list_secrets("")["data"]["keys"]]


def test_reading_what_is_not_there_is_404(kv):
    for call in (
        lambda: kv.read_secret_version("none", raise_on_deleted_version=True),
        lambda: kv.read_secret_metadata("none"),
        lambda: kv.list_secrets("none"),
        lambda: kv.list_secrets(""),
        lambda: kv.read_secret_version("none", version=3, raise_on_deleted_version=True),
    ):
        with pytest.raises(hvac.exceptions.InvalidPath) as caught:
            call()
        assert caught.value.errors == []
    write(kv, "x", {"a": 1})
    with pytest.raises(hvac.exceptions.InvalidPath):
        read(kv, "x", version=2)


def test_a_v1_call_on_a_v2_mount_is_explained(root, kv):
    with pytest.raises(hvac.exceptions.InvalidPath) as caught:
        root.secrets.kv.v1.read_secret("app", mount_point=kv.path)
    warning = caught.value.json["warnings"][0]
    assert warning.startswith("Invalid path for a versioned K/V secrets engine.")
    assert "kv get" in warning
    with pytest.raises(hvac.exceptions.InvalidPath) as caught:
        root.secrets.kv.v1.create_or_update_secret("app", {"a": "b"}, mount_point=kv.path)
    assert "kv put" in caught.value.json["warnings"][0]


# -- check and set ------------------------------------------------------------------------------

MISMATCH = "check-and-set parameter did not match the current version"


def test_cas_zero_only_creates(kv):
    assert kv.create_or_update_secret("x", {"a": 1}, cas=0)["data"]["version"] == 1
    with pytest.raises(hvac.exceptions.InvalidRequest, match=MISMATCH):
        kv.create_or_update_secret("x", {"a": 2}, cas=0)
    assert read(kv, "x")["data"] == {"a": 1}


def test_cas_must_name_the_current_version(kv):
    write(kv, "x", {"a": 1}, {"a": 2})
    for stale in (1, 3, 99):
        with pytest.raises(hvac.exceptions.InvalidRequest, match=MISMATCH):
            kv.create_or_update_secret("x", {"a": 3}, cas=stale)
    assert kv.create_or_update_secret("x", {"a": 3}, cas=2)["data"]["version"] == 3


def test_cas_on_a_deleted_secret_keeps_counting(kv):
    write(kv, "x", {"a": 1}, {"a": 2})
    kv.delete_latest_version_of_secret("x")
    with pytest.raises(hvac.exceptions.InvalidRequest, match=MISMATCH):
        kv.create_or_update_secret("x", {"a": 3}, cas=0)
    assert kv.create_or_update_secret("x", {"a": 3}, cas=2)["data"]["version"] == 3


def test_cas_on_a_record_without_versions_is_zero(kv):
    kv.update_metadata("x", max_versions=4)
    with pytest.raises(hvac.exceptions.InvalidRequest, match=MISMATCH):
        kv.create_or_update_secret("x", {"a": 1}, cas=1)
    assert kv.create_or_update_secret("x", {"a": 1}, cas=0)["data"]["version"] == 1


REQUIRED = "check-and-set parameter required for this call"


def test_cas_can_be_required_by_the_mount(kv):
    kv.configure(cas_required=True)
    with pytest.raises(hvac.exceptions.InvalidRequest, match=REQUIRED):
        kv.create_or_update_secret("x", {"a": 1})
    assert kv.create_or_update_secret("x", {"a": 1}, cas=0)["data"]["version"] == 1


def test_cas_can_be_required_by_the_key(kv):
    write(kv, "x", {"a": 1})
    kv.update_metadata("x", cas_required=True)
    with pytest.raises(hvac.exceptions.InvalidRequest, match=REQUIRED):
        kv.create_or_update_secret("x", {"a": 2})
    write(kv, "y", {"a": 1}, {"a": 2})
    assert kv.create_or_update_secret("x", {"a": 2}, cas=1)["data"]["version"] == 2


@pytest.mark.parametrize("cas", ["1", 1])
def test_cas_is_decoded_weakly(root, kv, cas):
    write(kv, "x", {"a": 1})
    answer = root.adapter.post(f"/v1/{kv.path}/data/x", json={"data": {"a": 2}, "options": {"cas": cas}})
    assert answer["data"]["version"] == 2


@pytest.mark.parametrize("cas", ["x", {}, [], "1.5", 1.5])
def test_cas_of_the_wrong_kind_is_refused(root, kv, cas):
    write(kv, "x", {"a": 1})
    with pytest.raises(hvac.exceptions.InvalidRequest):
        root.adapter.post(f"/v1/{kv.path}/data/x", json={"data": {"a": 2}, "options": {"cas": cas}})
    assert read(kv, "x")["metadata"]["version"] == 1


@pytest.mark.parametrize("body", [{}, {"options": {"cas": 0}}, {"a": "b"}])
def test_a_write_without_data_is_refused(root, kv, body):
    with pytest.raises(hvac.exceptions.InvalidRequest, match="no data provided"):
        root.adapter.post(f"/v1/{kv.path}/data/x", json=body)


# -- patch --------------------------------------------------------------------------------------


def test_patch_by_read_and_write_merges(kv):
    write(kv, "x", {"a": "1", "b": "2"})
    assert kv.patch("x", {"b": "3", "c": "4"})["data"]["version"] == 2
    assert read(kv, "x")["data"] == {"a": "1", "b": "3", "c": "4"}


def test_patch_by_merge_patch_removes_null_and_merges_deep(root, kv):
    write(kv, "x", {"a": "1", "keep": {"p": 1, "q": 2}, "gone": True})
    answer = root.adapter.request(
        "patch",
        f"/v1/{kv.path}/data/x",
        json={"data": {"keep": {"q": None, "r": [1]}, "gone": None, "new": {"n": None, "m": 1}}},
        headers={"Content-Type": "application/merge-patch+json"},
    )
    assert answer["data"]["version"] == 2
    assert read(kv, "x")["data"] == {"a": "1", "keep": {"p": 1, "r": [1]}, "new": {"m": 1}}


def merge_patch(root, kv, path, body):
    """One PATCH with the merge-patch content type."""
    return root.adapter.request(
        "patch", f"/v1/{kv.path}/{path}", json=body, headers={"Content-Type": "application/merge-patch+json"}
    )


def test_patch_checks_its_cas(root, kv):
    write(kv, "x", {"a": 1})
    with pytest.raises(hvac.exceptions.InvalidRequest, match=MISMATCH):
        merge_patch(root, kv, "data/x", {"data": {"a": 2}, "options": {"cas": 5}})
    assert merge_patch(root, kv, "data/x", {"data": {"a": 2}, "options": {"cas": 1}})["data"]["version"] == 2


def test_patch_needs_a_living_secret(root, kv):
    with pytest.raises(hvac.exceptions.InvalidPath):
        kv.patch("none", {"a": 1})
    with pytest.raises(hvac.exceptions.InvalidPath):
        merge_patch(root, kv, "data/none", {"data": {"a": 1}})
    write(kv, "x", {"a": 1})
    kv.delete_latest_version_of_secret("x")
    with pytest.raises(hvac.exceptions.InvalidPath) as caught:
        merge_patch(root, kv, "data/x", {"data": {"a": 1}})
    assert caught.value.json["data"]["version"] == 1
    assert caught.value.json["data"]["deletion_time"]


def test_metadata_patch_changes_only_what_it_names(root, kv):
    kv.update_metadata("x", max_versions=5, cas_required=True, custom_metadata={"a": "1", "b": "2"})
    merge_patch(root, kv, "metadata/x", {"max_versions": 6, "custom_metadata": {"a": None, "c": "3"}})
    data = kv.read_secret_metadata("x")["data"]
    assert (data["max_versions"], data["cas_required"]) == (6, True)
    assert data["custom_metadata"] == {"b": "2", "c": "3"}
    merge_patch(root, kv, "metadata/x", {"max_versions": None, "custom_metadata": None})
    data = kv.read_secret_metadata("x")["data"]
    assert (data["max_versions"], data["cas_required"]) == (0, True)
    assert not data["custom_metadata"]
    with pytest.raises(hvac.exceptions.InvalidPath):
        merge_patch(root, kv, "metadata/none", {"max_versions": 6})


# -- the window of versions ---------------------------------------------------------------------


def test_ten_versions_are_kept_when_nothing_else_is_said(kv):
    for number in range(1, 12):
        write(kv, "x", {"n": number})
        data = kv.read_secret_metadata("x")["data"]
        assert data["current_version"] == number
        assert data["oldest_version"] == max(0, number - 9 if number >= 10 else 0)
    assert sorted(map(int, data["versions"])) == list(range(2, 12))
    with pytest.raises(hvac.exceptions.InvalidPath):
        read(kv, "x", version=1)
    assert read(kv, "x", version=2)["data"] == {"n": 2}


def test_the_larger_of_key_and_mount_limit_counts(kv):
    kv.configure(max_versions=3)
    kv.update_metadata("small", max_versions=2)
    kv.update_metadata("large", max_versions=5)
    for number in range(1, 8):
        for path in ("small", "large", "plain"):
            write(kv, path, {"n": number})
    kept = {p: sorted(map(int, kv.read_secret_metadata(p)["data"]["versions"])) for p in ("small", "large", "plain")}
    assert kept == {"small": [5, 6, 7], "large": [3, 4, 5, 6, 7], "plain": [5, 6, 7]}


def test_lowering_the_limit_trims_on_the_next_write(kv):
    for number in range(1, 7):
        write(kv, "x", {"n": number})
    kv.update_metadata("x", max_versions=2)
    assert len(kv.read_secret_metadata("x")["data"]["versions"]) == 6
    write(kv, "x", {"n": 7})
    assert sorted(map(int, kv.read_secret_metadata("x")["data"]["versions"])) == [6, 7]


# -- delete, undelete, destroy ------------------------------------------------------------------


def test_a_deleted_version_is_404_with_its_metadata(kv):
    write(kv, "x", {"a": 1}, {"a": 2})
    assert kv.delete_latest_version_of_secret("x").status_code == 204
    with pytest.raises(hvac.exceptions.InvalidPath) as caught:
        read(kv, "x")
    body = caught.value.json
    assert "errors" not in body
    assert body["data"]["data"] is None
    assert TIMESTAMP.fullmatch(body["data"]["metadata"]["deletion_time"])
    assert (body["data"]["metadata"]["version"], body["data"]["metadata"]["destroyed"]) == (2, False)
    gone = kv.read_secret_version("x", raise_on_deleted_version=False)
    assert gone["data"]["data"] is None
    assert read(kv, "x", version=1)["data"] == {"a": 1}
    assert kv.undelete_secret_versions("x", [2]).status_code == 204
    assert read(kv, "x")["data"] == {"a": 2}
    assert read(kv, "x")["metadata"]["deletion_time"] == ""


def test_deleting_twice_and_deleting_nothing_are_204(kv):
    assert kv.delete_latest_version_of_secret("none").status_code == 204
    write(kv, "x", {"a": 1})
    kv.delete_latest_version_of_secret("x")
    first = kv.read_secret_metadata("x")["data"]["versions"]["1"]["deletion_time"]
    assert kv.delete_latest_version_of_secret("x").status_code == 204
    assert kv.read_secret_metadata("x")["data"]["versions"]["1"]["deletion_time"] == first
    assert kv.delete_secret_versions("x", [7, 8]).status_code == 204
    assert kv.delete_secret_versions("none", [1]).status_code == 204


def test_destroyed_versions_are_gone_for_good(kv):
    write(kv, "x", {"a": 1}, {"a": 2}, {"a": 3})
    assert kv.destroy_secret_versions("x", [1, 3]).status_code == 204
    kv.undelete_secret_versions("x", [1, 3])
    for version in (1, 3):
        with pytest.raises(hvac.exceptions.InvalidPath) as caught:
            read(kv, "x", version=version)
        assert caught.value.json["data"]["metadata"]["destroyed"] is True
    assert read(kv, "x", version=2)["data"] == {"a": 2}
    versions = kv.read_secret_metadata("x")["data"]["versions"]
    assert [versions[v]["destroyed"] for v in "123"] == [True, False, True]


@pytest.mark.parametrize("action", ["delete", "undelete", "destroy"])
def test_versions_may_be_numbers_texts_or_one_text(root, kv, action):
    for path, versions in (("p", [1, 2]), ("q", ["1", "2"]), ("r", "1,2")):
        write(kv, path, {"a": 1}, {"a": 2}, {"a": 3})
        if action == "undelete":
            kv.delete_secret_versions(path, [1, 2])
        answer = root.adapter.post(f"/v1/{kv.path}/{action}/{path}", json={"versions": versions})
        assert answer.status_code == 204
        record = kv.read_secret_metadata(path)["data"]["versions"]
        gone = {v: bool(record[v]["deletion_time"]) or record[v]["destroyed"] for v in "123"}
        assert gone == {"1": action != "undelete", "2": action != "undelete", "3": False}


@pytest.mark.parametrize("action", ["delete", "undelete", "destroy"])
@pytest.mark.parametrize("body", [{}, {"versions": []}, {"versions": ["x"]}, {"versions": {"a": 1}}])
def test_a_list_of_versions_must_be_given(root, kv, action, body):
    write(kv, "x", {"a": 1})
    with pytest.raises(hvac.exceptions.InvalidRequest):
        root.adapter.post(f"/v1/{kv.path}/{action}/x", json=body)
    assert read(kv, "x")["data"] == {"a": 1}


# -- metadata -----------------------------------------------------------------------------------


def test_metadata_tells_the_whole_record(kv):
    write(kv, "x", {"a": 1}, {"a": 2})
    data = kv.read_secret_metadata("x")["data"]
    assert set(data) >= {
        "versions",
        "current_version",
        "oldest_version",
        "created_time",
        "updated_time",
        "max_versions",
        "cas_required",
        "delete_version_after",
        "custom_metadata",
    }
    assert (data["current_version"], data["oldest_version"], data["max_versions"]) == (2, 0, 0)
    assert set(data["versions"]) == {"1", "2"}
    for version in data["versions"].values():
        assert set(version) >= {"created_time", "deletion_time", "destroyed"}
    assert TIMESTAMP.fullmatch(data["created_time"]) and TIMESTAMP.fullmatch(data["updated_time"])
    assert data["created_time"] <= data["updated_time"]


def test_metadata_deletion_forgets_everything(kv):
    write(kv, "x", {"a": 1}, {"a": 2})
    assert kv.delete_metadata_and_all_versions("x").status_code == 204
    assert kv.delete_metadata_and_all_versions("x").status_code == 204
    with pytest.raises(hvac.exceptions.InvalidPath):
        kv.read_secret_metadata("x")
    assert kv.create_or_update_secret("x", {"a": 3}, cas=0)["data"]["version"] == 1


def test_custom_metadata_is_replaced_as_a_whole_and_shown_with_the_secret(kv):
    kv.update_metadata("x", custom_metadata={"owner": "me", "tier": "1"})
    assert kv.create_or_update_secret("x", {"a": 1})["data"]["custom_metadata"] == {"owner": "me", "tier": "1"}
    kv.update_metadata("x", custom_metadata={"owner": "you"})
    assert kv.read_secret_metadata("x")["data"]["custom_metadata"] == {"owner": "you"}
    assert read(kv, "x")["metadata"]["custom_metadata"] == {"owner": "you"}
    kv.update_metadata("x", max_versions=3)
    assert kv.read_secret_metadata("x")["data"]["custom_metadata"] == {"owner": "you"}


@pytest.mark.parametrize(
    "pairs",
    [
        {f"k{n}": "v" for n in range(65)},
        {"k" * 129: "v"},
        {"": "v"},
        {"k": "v" * 513},
        {"k": ""},
        {"k\n": "v"},
        {"k": "v\u0007"},
    ],
    ids=["65 pairs", "long key", "empty key", "long value", "empty value", "unprintable key", "unprintable value"],
)
def test_custom_metadata_has_limits(kv, pairs):
    with pytest.raises(hvac.exceptions.InvalidRequest, match="custom_metadata validation failed"):
        kv.update_metadata("x", custom_metadata=pairs)
    with pytest.raises(hvac.exceptions.InvalidPath):
        kv.read_secret_metadata("x")


def test_custom_metadata_may_reach_its_limits(kv):
    pairs = {f"k{n}": "v" * 512 for n in range(63)} | {"k" * 128: "v"}
    kv.update_metadata("x", custom_metadata=pairs)
    assert kv.read_secret_metadata("x")["data"]["custom_metadata"] == pairs


def test_a_metadata_write_that_says_nothing_creates_nothing(root, kv):
    assert root.adapter.post(f"/v1/{kv.path}/metadata/x", json={}).status_code == 204
    with pytest.raises(hvac.exceptions.InvalidPath):
        kv.read_secret_metadata("x")


def test_cas_not_required_by_a_key_is_ignored_where_the_mount_requires_it(root, kv):
    kv.configure(cas_required=True)
    answer = root.adapter.post(f"/v1/{kv.path}/metadata/x", json={"cas_required": False})
    assert answer["warnings"][0].startswith('"cas_required" set to false, but is mandated by backend config.')


# -- delete_version_after -----------------------------------------------------------------------


def test_versions_expire_after_the_time_of_the_key(kv):
    kv.update_metadata("x", delete_version_after="1s")
    write(kv, "x", {"a": 1})
    first = read(kv, "x")
    assert first["data"] == {"a": 1}
    assert first["metadata"]["deletion_time"] > first["metadata"]["created_time"]
    limit = time.monotonic() + 5
    while kv.read_secret_version("x", raise_on_deleted_version=False)["data"]["data"] is not None:
        assert time.monotonic() < limit
        time.sleep(0.05)


def test_the_shorter_time_of_key_and_mount_counts(kv):
    kv.configure(delete_version_after="1h")
    kv.update_metadata("short", delete_version_after="30m")
    kv.update_metadata("long", delete_version_after="2h")
    from datetime import datetime

    def span(path):
        write(kv, path, {"a": 1})
        meta = read(kv, path)["metadata"]
        ends, starts = (
            datetime.fromisoformat(re.sub(r"(\.\d{1,6})\d*Z", r"\1+00:00", meta[k]))
            for k in ("deletion_time", "created_time")
        )
        return round((ends - starts).total_seconds())

    assert (span("short"), span("long"), span("plain")) == (1800, 3600, 3600)
    assert kv.read_secret_metadata("short")["data"]["delete_version_after"] == "30m0s"


def test_a_negative_time_on_the_mount_turns_expiry_off(kv):
    kv.configure(delete_version_after="-1s")
    kv.update_metadata("x", delete_version_after="30m")
    write(kv, "x", {"a": 1})
    assert read(kv, "x")["metadata"]["deletion_time"] == ""


# -- subkeys, list ------------------------------------------------------------------------------


def subkeys(root, kv, path, **query):
    """GET of the `subkeys` route."""
    return root.adapter.get(f"/v1/{kv.path}/subkeys/{path}", params=query)["data"]


def test_subkeys_show_shape_without_values(root, kv):
    write(kv, "x", {"a": {"b": {"c": 1, "d": {}}, "e": [1, 2]}, "f": "secret"})
    data = subkeys(root, kv, "x")
    assert data["subkeys"] == {"a": {"b": {"c": None, "d": None}, "e": None}, "f": None}
    assert data["metadata"]["version"] == 1
    assert subkeys(root, kv, "x", depth=1)["subkeys"] == {"a": None, "f": None}
    assert subkeys(root, kv, "x", depth=2)["subkeys"] == {"a": {"b": None, "e": None}, "f": None}
    kv.delete_latest_version_of_secret("x")
    with pytest.raises(hvac.exceptions.InvalidPath) as caught:
        subkeys(root, kv, "x")
    assert caught.value.json["data"]["subkeys"] is None


def test_list_shows_one_level_sorted_by_bytes_and_nothing_else(kv):
    for path in ("b", "a", "a/x", "a/y/z", "B", "c/d", "Z/1", "\u00e9"):
        write(kv, path, {"v": 1})
    assert kv.list_secrets("")["data"] == {"keys": ["B", "Z/", "a", "a/", "b", "c/", "\u00e9"]}
    assert kv.list_secrets("a")["data"] == {"keys": ["x", "y/"]}
    assert kv.list_secrets("a/")["data"] == {"keys": ["x", "y/"]}
    kv.delete_latest_version_of_secret("b")
    assert "b" in kv.list_secrets("")["data"]["keys"]
    kv.delete_metadata_and_all_versions("a/y/z")
    assert kv.list_secrets("a")["data"] == {"keys": ["x"]}


def test_list_can_be_paged(root, kv):
    for number in range(7):
        write(kv, f"p/{number}", {"v": 1})
    page = lambda **query: root.adapter.list(f"/v1/{kv.path}/metadata/p", params=query)["data"]["keys"]
    assert page(limit=3) == ["0", "1", "2"]
    assert page(after="2", limit=3) == ["3", "4", "5"]
    assert page(after="5", limit=3) == ["6"]
    assert page(after="5", limit=0) == ["6"]
    assert page(limit=-1) == list("0123456")


# -- rights -------------------------------------------------------------------------------------


def test_create_and_update_are_told_apart_by_the_record(server, kv, make_token):
    creator = server.client(make_token(f'path "{kv.path}/data/*" {{ capabilities = ["create"] }}'))
    updater = server.client(make_token(f'path "{kv.path}/data/*" {{ capabilities = ["update"] }}'))
    put = lambda client: client.secrets.kv.v2.create_or_update_secret("x", {"a": 1}, mount_point=kv.path)
    with pytest.raises(hvac.exceptions.Forbidden):
        put(updater)
    assert put(creator)["data"]["version"] == 1
    with pytest.raises(hvac.exceptions.Forbidden):
        put(creator)
    assert put(updater)["data"]["version"] == 2
    kv.delete_latest_version_of_secret("x")
    with pytest.raises(hvac.exceptions.Forbidden):
        put(creator)


def test_patch_needs_its_own_capability(server, kv, make_token):
    write(kv, "x", {"a": 1})
    updater = server.client(make_token(f'path "{kv.path}/data/*" {{ capabilities = ["create", "update", "read"] }}'))
    patcher = server.client(make_token(f'path "{kv.path}/data/*" {{ capabilities = ["patch"] }}'))
    with pytest.raises(hvac.exceptions.Forbidden):
        merge_patch(updater, kv, "data/x", {"data": {"b": 2}})
    assert merge_patch(patcher, kv, "data/x", {"data": {"b": 2}})["data"]["version"] == 2
    with pytest.raises(hvac.exceptions.Forbidden):
        patcher.secrets.kv.v2.read_secret_version("x", mount_point=kv.path)
