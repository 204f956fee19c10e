import EngineKit
import Notation
import Testing

/// A naive key-value store with versions, written from the contract and nothing else: dictionaries and loops.
private struct ReferenceStore {
    struct Version {
        var data: [String: Int]
        var created: Int64
        var deleted: Int64?
        var isDestroyed = false
    }

    struct Secret {
        var versions: [Int: Version] = [:]
        var current = 0
        var oldest = 0
        var maxVersions = 0
        var casRequired = false
        var deleteAfter: Int64 = 0
    }

    var secrets: [String: Secret] = [:]
    var mountMaxVersions = 0

    func isGone(_ version: Version, _ now: Int64) -> Bool {
        version.isDestroyed || (version.deleted ?? .max) <= now
    }

    mutating func write(_ path: String, _ data: [String: Int], cas: Int?, _ now: Int64) -> String {
        var secret = secrets[path] ?? Secret()
        if let cas, cas != secret.current { return "400" }
        if cas == nil, secret.casRequired { return "400" }
        secret.current += 1
        secret.versions[secret.current] = Version(
            data: data, created: now, deleted: secret.deleteAfter > 0 ? now + secret.deleteAfter : nil)
        var limit = max(secret.maxVersions, mountMaxVersions)
        if limit == 0 { limit = 10 }
        if secret.current - secret.oldest >= limit {
            let last = secret.current - limit
            for number in 0...max(0, last) { secret.versions[number] = nil }
            secret.oldest = last + 1
        }
        secrets[path] = secret
        return "200 \(secret.current)"
    }

    mutating func patch(_ path: String, _ changes: [String: Int?], cas: Int?, _ now: Int64) -> String {
        guard let secret = secrets[path] else { return "404" }
        if let cas, cas != secret.current { return "400" }
        if cas == nil, secret.casRequired { return "400" }
        guard let version = secret.versions[secret.current] else { return "404" }
        if isGone(version, now) { return "404 \(secret.current)" }
        var data = version.data
        for (key, value) in changes { data[key] = value }
        return write(path, data, cas: cas, now)
    }

    mutating func change(_ path: String, _ numbers: [Int], _ body: (inout Version) -> Void) -> String {
        for number in numbers where secrets[path]?.versions[number] != nil {
            body(&secrets[path]!.versions[number]!)
        }
        return "204"
    }

    func read(_ path: String, _ number: Int, _ now: Int64) -> String {
        guard let secret = secrets[path], let version = secret.versions[number > 0 ? number : secret.current] else {
            return "404"
        }
        let shown = number > 0 ? number : secret.current
        if isGone(version, now) { return "404 \(shown) \(version.isDestroyed)" }
        let data = version.data.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
        return "200 \(shown) \(version.created) \(data)"
    }

    func metadata(_ path: String) -> String {
        guard let secret = secrets[path] else { return "404" }
        let versions = secret.versions.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value.isDestroyed)" }
        return "200 \(secret.current) \(secret.oldest) \(secret.maxVersions) \(versions.joined(separator: ","))"
    }
}

/// A repeatable sequence of numbers (SplitMix64, Steele, Lea and Flood 2014).
private struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

@Suite struct ModelTests {
    private static let paths = ["a", "a/b", "a/b/c", "d"]

    @Test(arguments: [1, 2, 3, 4])
    func behavesLikeTheReference(seed: UInt64) async {
        var random = Seeded(state: seed)
        var reference = ReferenceStore()
        let world = KeyValueWorld()
        for step in 0..<5_000 {
            let now = Int64(step)
            let (expected, actual, what) = await self.step(&random, &reference, world, now)
            #expect(actual == expected, "step \(step): \(what)")
            if actual != expected { return }
        }
        let kept = reference.secrets.values.reduce(0) { $0 + $1.versions.values.count { !$0.isDestroyed } }
        #expect(world.store.count(KeyValueKinds.versions) == kept)
        #expect(world.store.count(KeyValueKinds.metadata) == reference.secrets.count)
    }

    private func step(
        _ random: inout Seeded, _ reference: inout ReferenceStore, _ world: KeyValueWorld, _ now: Int64
    ) async -> (expected: String, actual: String, what: String) {
        let path = Self.paths.randomElement(using: &random) ?? "a"
        let current = reference.secrets[path]?.current ?? 0
        let cas = [nil, nil, current, current, current + 1, 0].randomElement(using: &random) ?? nil
        let options = cas.map { #","options":{"cas":\#($0)}"# } ?? ""
        let numbers = (0..<Int.random(in: 1...3, using: &random)).map { _ in
            max(0, current - Int.random(in: 0...12, using: &random))
        }
        let versions = #"{"versions":[\#(numbers.map(String.init).joined(separator: ","))]}"#
        switch Int.random(in: 0..<100, using: &random) {
        case ..<25:
            let data = ["k\(Int.random(in: 0...3, using: &random))": Int.random(in: 0...99, using: &random), "s": 1]
            let text = data.map { #""\#($0.key)":\#($0.value)"# }.joined(separator: ",")
            let answer = await world.call(.write, "data/\(path)", #"{"data":{\#(text)}\#(options)}"#, at: now)
            return (reference.write(path, data, cas: cas, now), brief(answer), "write \(path)")
        case ..<35:
            let key = "k\(Int.random(in: 0...3, using: &random))"
            let value: Int? = Bool.random(using: &random) ? 7 : nil
            let text = value.map(String.init) ?? "null"
            let answer = await world.call(.patch, "data/\(path)", #"{"data":{"\#(key)":\#(text)}\#(options)}"#, at: now)
            return (reference.patch(path, [key: value], cas: cas, now), brief(answer), "patch \(path)")
        case ..<45:
            let answer = await world.call(.delete, "data/\(path)", at: now)
            let expected = deleteExpected(&reference, path, [current], now)
            return (expected, brief(answer), "delete \(path)")
        case ..<50:
            let answer = await world.call(.write, "delete/\(path)", versions, at: now)
            return (deleteExpected(&reference, path, numbers, now), brief(answer), "delete \(path) \(numbers)")
        case ..<57:
            let answer = await world.call(.write, "undelete/\(path)", versions, at: now)
            let after = reference.secrets[path]?.deleteAfter ?? 0
            let expected = reference.change(path, numbers) { version in
                if !version.isDestroyed { version.deleted = after > 0 ? now + after : nil }
            }
            return (expected, brief(answer), "undelete \(path) \(numbers)")
        case ..<61:
            let answer = await world.call(.write, "destroy/\(path)", versions, at: now)
            return (reference.change(path, numbers) { $0.isDestroyed = true }, brief(answer), "destroy \(path)")
        case ..<66:
            let limit = [0, 1, 3, 12].randomElement(using: &random) ?? 0
            let after = [0, 0, 40].randomElement(using: &random) ?? 0
            let required = Int.random(in: 0..<5, using: &random) == 0
            reference.secrets[path, default: .init()].maxVersions = limit
            reference.secrets[path]?.deleteAfter = Int64(after)
            reference.secrets[path]?.casRequired = required
            let body = #"{"max_versions":\#(limit),"delete_version_after":\#(after),"cas_required":\#(required)}"#
            return ("204", brief(await world.call(.write, "metadata/\(path)", body, at: now)), "settings \(path)")
        case ..<68:
            reference.secrets[path] = nil
            return ("204", brief(await world.call(.delete, "metadata/\(path)", at: now)), "forget \(path)")
        case ..<69:
            let limit = [0, 2, 5].randomElement(using: &random) ?? 0
            reference.mountMaxVersions = limit
            return ("204", brief(await world.call(.write, "config", #"{"max_versions":\#(limit)}"#)), "config")
        case ..<80:
            return (
                reference.metadata(path), shape(await world.call(.read, "metadata/\(path)", at: now)),
                "metadata \(path)"
            )
        case ..<84:
            let names = await world.call(.scan, "metadata/").data?["keys"]?.arrayValue?.compactMap(\.stringValue) ?? []
            return (reference.secrets.keys.sorted().joined(separator: " "), names.joined(separator: " "), "scan")
        default:
            let number = Bool.random(using: &random) ? 0 : numbers[0]
            let answer = await world.call(.read, "data/\(path)", #"{"version":"\#(number)"}"#, at: now)
            return (reference.read(path, number, now), content(answer), "read \(path) \(number)")
        }
    }

    private func deleteExpected(
        _ reference: inout ReferenceStore, _ path: String, _ numbers: [Int], _ now: Int64
    ) -> String {
        reference.change(path, numbers) { version in
            if !version.isDestroyed, (version.deleted ?? .max) > now { version.deleted = now }
        }
    }

    private func brief(_ answer: Answer) -> String {
        ["\(answer.status)", answer.data?["version"]?.intValue.map(String.init)].compactMap(\.self).joined(
            separator: " ")
    }

    private func shape(_ answer: Answer) -> String {
        guard answer.status == 200, let data = answer.data else { return "\(answer.status)" }
        let versions = data["versions"]?.objectValue?.members.map {
            "\($0.name):\($0.value["destroyed"]?.boolValue ?? false)"
        }
        let numbers = ["current_version", "oldest_version", "max_versions"].map { "\(data[$0]?.intValue ?? -1)" }
        return "200 \(numbers.joined(separator: " ")) \(versions?.joined(separator: ",") ?? "")"
    }

    private func content(_ answer: Answer) -> String {
        guard let metadata = answer.data?["metadata"], let number = metadata["version"]?.intValue else {
            return "\(answer.status)"
        }
        guard let members = answer.data?["data"]?.objectValue?.members else {
            return "\(answer.status) \(number) \(metadata["destroyed"]?.boolValue ?? false)"
        }
        let created = metadata["created_time"]?.stringValue.flatMap { Timestamp(parsing: $0) }?.seconds ?? 0
        let data = members.sorted { $0.name < $1.name }.map { "\($0.name)=\($0.value.intValue ?? -1)" }
        return "\(answer.status) \(number) \(created - KeyValueWorld.start.seconds) \(data.joined(separator: ","))"
    }
}
