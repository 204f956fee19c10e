@testable import ConfigEngine
import EngineKit
import Notation
import Testing

@Suite struct RenewedDocumentTests {
    private static let place = Place(service: "shop", environment: "prod", instance: "i-1")
    private static let layers = place.layers + [.service("other"), .environment("dev")]

    /// The same numbers each time.
    private struct Numbers: RandomNumberGenerator {
        var state: UInt64 = 7

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 16 ^ state << 24
        }
    }

    /// Changes something of a key: what a layer says of it, or what it is.
    private func change(_ key: String, in picture: inout Picture, _ numbers: inout Numbers) throws {
        picture.revision += 1
        let revision = picture.revision
        if Int.random(in: 0..<6, using: &numbers) == 0 {
            let kinds: [JSONObject] = [
                ["type": "object"], ["type": "object", "default": ["a": 0]], ["type": "object", "reload": "static"],
                ["type": "object", "sensitive": true], ["type": "subtree"],
            ]
            let definition = try #require(kinds.randomElement(using: &numbers))
            picture.keys[key] = .init(definition: try KeyDefinition(json: .object(definition)), revision: revision)
            picture.keysRevision = revision
            return
        }
        let layer = try #require(Self.layers.randomElement(using: &numbers))
        let value = JSON.object([["a", "b", "c"].randomElement(using: &numbers) ?? "a": .integer(Int(revision))])
        let said = [LayerValue.value(value), .value(.integer(3)), .unset, nil].randomElement(using: &numbers) ?? nil
        picture.layers[layer.path, default: [:]][key] = said.map {
            .init(
                said: $0, isUnset: $0.value == nil, version: Int(revision), revision: revision, author: "root",
                time: Timestamp(seconds: 0))
        }
        picture.layerRevisions[layer.path] = revision
    }

    @Test func aDocumentMadeOfAnEarlierOneIsTheOneMadeAnew() throws {
        var numbers = Numbers()
        var picture = Picture(revision: 0)
        var document = EffectiveDocument(picture, for: Self.place)
        for _ in 0..<2_000 {
            var changed: Set<String> = []
            for _ in 0...Int.random(in: 0..<3, using: &numbers) {
                let key = "key-\(Int.random(in: 0..<12, using: &numbers))"
                try change(key, in: &picture, &numbers)
                changed.insert(key)
            }
            document = EffectiveDocument(picture, from: document, changed: changed)
            let anew = EffectiveDocument(picture, for: Self.place)
            #expect(document.common?.rendered == anew.common?.rendered)
            #expect(document.leaves.map(\.key) == anew.leaves.map(\.key))
            #expect(
                (document.revision, document.hash, document.staticHash) == (anew.revision, anew.hash, anew.staticHash))
        }
        #expect(document.leaves.count > 3)
    }
}
