"""KV version 1 and the cubbyhole through hvac."""

import hvac.exceptions
import pytest

import harness


def read(client, path, mount):
    """The whole answer of a KV v1 read."""
    return client.secrets.kv.v1.read_secret(path, mount_point=mount)


def write(client, path, value, mount):
    """One KV v1 write."""
    return client.secrets.kv.v1.create_or_update_secret(path, value, method="POST", mount_point=mount)


def test_write_read_replace_delete(root, kv1):
    assert write(root, "a/b", {"x": "1", "y": {"z": [1, None]}}, kv1).status_code == 204
    answer = read(root, "a/b", kv1)
    assert answer["data"] == {"x": "1", "y": {"z": [1, None]}}
    assert (answer["lease_id"], answer["renewable"], answer["lease_duration"]) == ("", False, 2764800)
    write(root, "a/b", {"only": "this"}, kv1)
    assert read(root, "a/b", kv1)["data"] == {"only": "this"}
    assert root.secrets.kv.v1.delete_secret("a/b", mount_point=kv1).status_code == 204
    assert root.secrets.kv.v1.delete_secret("a/b", mount_point=kv1).status_code == 204
    with pytest.raises(hvac.exceptions.InvalidPath):
        read(root, "a/b", kv1)


def test_a_folder_and_a_key_of_one_name_live_together(root, kv1):
    write(root, "a", {"v": "key"}, kv1)
    write(root, "a/b", {"v": "below"}, kv1)
    assert root.secrets.kv.v1.list_secrets("", mount_point=kv1)["data"] == {"keys": ["a", "a/"]}
    root.secrets.kv.v1.delete_secret("a", mount_point=kv1)
    assert read(root, "a/b", kv1)["data"] == {"v": "below"}
    assert root.secrets.kv.v1.list_secrets("", mount_point=kv1)["data"] == {"keys": ["a/"]}


@pytest.mark.parametrize(("ttl", "seconds"), [("1h", 3600), ("90", 90), (45, 45), ("no time", 2764800)])
def test_the_field_ttl_becomes_the_lease_duration(root, kv1, ttl, seconds):
    write(root, "x", {"ttl": ttl}, kv1)
    answer = read(root, "x", kv1)
    assert answer["lease_duration"] == seconds
    assert answer["data"] == {"ttl": ttl}


def test_an_empty_write_is_refused(root, kv1):
    with pytest.raises(hvac.exceptions.InvalidRequest, match="missing data fields"):
        write(root, "x", {}, kv1)


def test_patch_does_not_exist(server, root, kv1):
    write(root, "x", {"a": "1"}, kv1)
    reply = server.call(
        "PATCH",
        f"/v1/{kv1}/x",
        token="root",
        body={"a": "2"},
        headers=[("Content-Type", "application/merge-patch+json")],
    )
    assert (reply.status, reply.errors) == (405, ["1 error occurred:\n\t* unsupported operation\n\n"])


def test_listing_nothing_is_404(root, kv1):
    with pytest.raises(hvac.exceptions.InvalidPath):
        root.secrets.kv.v1.list_secrets("", mount_point=kv1)


def test_create_and_update_are_told_apart(server, kv1, make_token):
    creator = server.client(make_token(f'path "{kv1}/*" {{ capabilities = ["create"] }}'))
    updater = server.client(make_token(f'path "{kv1}/*" {{ capabilities = ["update"] }}'))
    with pytest.raises(hvac.exceptions.Forbidden):
        write(updater, "x", {"a": "1"}, kv1)
    write(creator, "x", {"a": "1"}, kv1)
    with pytest.raises(hvac.exceptions.Forbidden):
        write(creator, "x", {"a": "2"}, kv1)
    write(updater, "x", {"a": "2"}, kv1)


# -- cubbyhole ----------------------------------------------------------------------------------


def test_a_cubbyhole_belongs_to_one_token(server, root):
    first = server.client(root.auth.token.create(policies=["default"])["auth"]["client_token"])
    second = server.client(root.auth.token.create(policies=["default"])["auth"]["client_token"])
    assert first.adapter.post("/v1/cubbyhole/a/b", json={"mine": "yes"}).status_code == 204
    assert first.read("cubbyhole/a/b")["data"] == {"mine": "yes"}
    assert first.list("cubbyhole/")["data"] == {"keys": ["a/"]}
    assert first.list("cubbyhole/a")["data"] == {"keys": ["b"]}
    for other in (second, root):
        assert other.read("cubbyhole/a/b") is None
        assert other.list("cubbyhole/a") is None
    assert first.adapter.delete("/v1/cubbyhole/a/b").status_code == 204
    assert first.read("cubbyhole/a/b") is None


def test_a_cubbyhole_needs_data_and_a_service_token(server, root):
    holder = server.client(root.auth.token.create(policies=["default"])["auth"]["client_token"])
    refused = hvac.exceptions.InternalServerError if harness.ON_BAO else hvac.exceptions.InvalidRequest
    with pytest.raises(refused, match="missing data fields"):
        holder.adapter.post("/v1/cubbyhole/x", json={})
    batch = server.client(root.auth.token.create(policies=["default"], type="batch")["auth"]["client_token"])
    with pytest.raises(hvac.exceptions.InvalidRequest, match="cubbyhole operations are only supported by 'service'"):
        batch.read("cubbyhole/x")


def test_the_cubbyhole_mount_can_neither_go_nor_come(root, unique):
    with pytest.raises(hvac.exceptions.InvalidRequest):
        root.sys.disable_secrets_engine("cubbyhole")
    with pytest.raises(hvac.exceptions.InvalidRequest):
        root.sys.move_backend("cubbyhole", unique)
    with pytest.raises(hvac.exceptions.InvalidRequest):
        root.sys.enable_secrets_engine("cubbyhole", path=unique)
