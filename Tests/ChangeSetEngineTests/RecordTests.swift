@testable import ChangeSetEngine
import EngineKit
import Notation
import Testing

/// What is stored comes back, and what takes an applied set back.
@Suite struct RecordTests {
    private func item(_ kind: ItemKind, _ operation: ItemOperation = .put) -> ChangeItem {
        ChangeItem(kind, "a/path", operation, body: ["k": "v"], base: ItemVersion(number: 3))
    }

    private func applied(
        _ items: [ChangeItem], _ changes: [(before: ItemVersion, after: ItemVersion, policy: JSONObject?)]
    ) -> ChangeSet {
        var set = ChangeSet(id: "cs-1", message: "m", items: items, authors: [.init(name: "a", origin: "o")])
        set.phase = .applied
        set.application = .init(time: Timestamp(seconds: 7), name: "b", changes: changes)
        return set
    }

    @Test func aSetComesBackAsItWasStored() throws {
        var set = applied(
            [item(.config), item(.policy)],
            [
                (ItemVersion(number: 3), ItemVersion(number: 4), nil),
                (ItemVersion(number: 1, mark: "ab12"), ItemVersion(number: 1, mark: "cd34"), ["policy": "the text"]),
            ])
        set.takesBack = "cs-0"
        set.schedule = .init(time: Timestamp(seconds: 9), name: "s", policies: ["p"])
        set.approvals = [
            .init(
                person: .init(name: "c", origin: "q"), policies: ["lead"], time: Timestamp(seconds: 5), reason: "why")
        ]
        set.note("propose", by: "a", at: Timestamp(seconds: 1), reason: "because")
        let back = try ChangeSet("cs-1", decoding: set.encoded, items: set.encodedItems)
        #expect(back.encoded == set.encoded && back.encodedItems == set.encodedItems)
        let changes = try #require(back.application?.changes)
        #expect(changes.count == 2 && changes[1].policy?["policy"]?.stringValue == "the text")
        #expect(back.items[0].base == ItemVersion(number: 3) && back.approvals[0].policies == ["lead"])
    }

    @Test func damagedRecordsAreToldAsSuch() {
        for text in ["", "{}", "[]", #"{"message": 1}"#] {
            #expect(throws: EngineError.self) { try ChangeSet("cs-1", decoding: Array(text.utf8)) }
        }
    }

    @Test func aSetThatLostAnItemIsNotTakenForOne() throws {
        let set = applied([item(.config)], [])
        for text in ["", "{}", #"[{"kind": "config"}]"#] {
            #expect(throws: EngineError.self) {
                try ChangeSet("cs-1", decoding: set.encoded, items: Array(text.utf8))
            }
        }
    }

    @Test(arguments: [
        ("0", ItemVersion.none), ("12", ItemVersion(number: 12)),
        ("3 deleted", ItemVersion(number: 3, mark: "deleted")),
    ])
    func versionsAreOneText(_ text: String, _ version: ItemVersion) {
        #expect(ItemVersion(text: text) == version && version.text == text)
    }

    @Test(arguments: ["", "x", " 3"])
    func whatIsNoVersionIsNone(_ text: String) { #expect(ItemVersion(text: text) == nil) }

    @Test func theInverseGoesBackwardsToTheVersionsBefore() throws {
        let (none, third, fourth) = (ItemVersion.none, ItemVersion(number: 3), ItemVersion(number: 4))
        let set = applied(
            [
                item(.key), item(.config, .patch), item(.secret, .delete), item(.policy), item(.policy),
                item(.flag, .delete),
            ],
            [
                (none, ItemVersion(number: 1), nil), (third, fourth, nil),
                (third, ItemVersion(number: 3, mark: "deleted"), nil),
                (ItemVersion(number: 1, mark: "a"), fourth, ["policy": "old"]),
                (none, fourth, nil), (third, ItemVersion(number: 4, mark: "deleted"), nil),
            ])
        let inverse = try InverseItems.of(set)
        #expect(inverse.map(\.kind) == [.flag, .policy, .policy, .secret, .config, .key])
        #expect(inverse.map(\.operation) == [.undelete, .delete, .put, .undelete, .rollback, .delete])
        #expect(inverse[4].body?["version"]?.intValue == 3 && inverse[4].base == fourth)
        #expect(inverse[2].body?["policy"]?.stringValue == "old")
    }
}
