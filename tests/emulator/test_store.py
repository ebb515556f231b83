"""The store: deterministic credentials, ids that are not reused, one file for all processes."""

import subprocess
import sys
from threading import Thread

import pytest

from cioform.emulator.store.database import Store, credentials


def test_credentials_follow_from_the_name():
    assert credentials("acme") == credentials("acme")
    assert credentials("acme") != credentials("other")
    assert credentials("acme").service_account_token.startswith("sa_live_")
    with_store = Store.open(":memory:").workspace("acme")
    assert with_store.credentials == credentials("acme")


def test_dump_and_seed_are_inverse(emulator):
    emulator.segment()
    emulator.email_campaign()
    content = emulator.store.dump("acme")
    emulator.store.seed("copy", content)
    assert emulator.store.dump("copy") == content
    emulator.store.reset("acme")
    assert emulator.store.dump("acme")["campaigns"] == []
    emulator.store.seed("acme", content)
    assert emulator.store.dump("acme") == content


def test_a_seed_may_omit_fields_with_defaults(emulator):
    emulator.store.seed("acme", {"segments": [{"name": "VIP", "people": 7}]})
    segment = emulator.app.get("/segments").json()["segments"][0]
    assert (segment["name"], segment["type"]) == ("VIP", "dynamic")
    path = f"/segments/{segment['id']}/customer_count"
    assert emulator.app.get(path).json()["count"] == 7


def test_a_seed_keeps_the_collections_that_it_omits(emulator):
    emulator.app.post("/snippets", json={"name": "a", "value": "b"})
    emulator.store.seed("acme", {"segments": []})
    assert len(emulator.app.get("/snippets").json()["snippets"]) == 1


@pytest.mark.parametrize("odd", [[], {}, ["email_action"]])
def test_a_seed_with_a_type_that_is_no_value_is_rejected(emulator, odd):
    with pytest.raises(ValueError, match="`type` of a record in actions is a list or an object"):
        emulator.store.seed("acme", {"actions": [{"type": odd}]})


def test_a_seed_with_an_unknown_collection_is_rejected(emulator):
    with pytest.raises(ValueError, match="unknown collection: gadgets"):
        emulator.store.seed("acme", {"gadgets": []})


def test_ids_are_not_reused(emulator):
    first = emulator.segment("one")
    emulator.journeys.delete(f"/segments/{first}").raise_for_status()
    assert emulator.segment("two") == first + 1


def test_workspaces_are_isolated(emulator):
    emulator.segment()
    other = emulator.store.workspace("other")
    assert emulator.client(other.credentials.app_api_key, "/v1").get("/segments").json() == {
        "segments": []
    }
    assert [each.name for each in emulator.store.workspaces()] == ["acme", "other"]


def test_a_file_outlives_the_process(tmp_path):
    path = tmp_path / "emulator.db"
    code = (
        "import sys; from cioform.emulator.store.database import Store\n"
        "Store.open(sys.argv[1]).seed('acme', {'snippets': [{'name': 'a', 'value': 'b'}]})"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=True)
    store = Store.open(path)
    assert [each["name"] for each in store.dump("acme")["snippets"]] == ["a"]
    store.close()


def test_many_threads_write_at_once(emulator):
    def write(number):
        body = {"name": f"snippet {number}", "value": "x"}
        emulator.app.post("/snippets", json=body).raise_for_status()

    threads = [Thread(target=write, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    snippets = emulator.journeys.get("/snippets").json()["snippets"]
    assert sorted(each["id"] for each in snippets) == list(range(1, 21))
