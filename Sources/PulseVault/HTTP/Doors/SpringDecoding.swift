import Notation
import VaultCore

/// From an HTTP head below `/spring/` to a request of the vault, as Spring Cloud Config's clients ask.
///
/// `/spring/{application}/{profile}[/{label}]` gives property sources;
/// `/spring/[{label}/]{application}-{profile}.yml`, `.yaml`, `.properties` and `.json` give files. A profile is an
/// environment, `default` none; a label is the name of a snapshot, `main` and `master` what there is now.
enum SpringDecoding {
    /// What the paths of the door begin with.
    static let prefix = Array("/spring/".utf8)
    /// The forms of files by the ends of their names.
    private static let files: [(ending: String, format: String)] = [
        (".yml", "yaml"), (".yaml", "yaml"), (".properties", "properties"), (".json", "tree"),
    ]

    /// Reads a head.
    ///
    /// - Parameters:
    ///   - path: the raw path, from its first slash, without the query.
    ///   - head: the head.
    static func request(
        _ path: ArraySlice<UInt8>, _ head: some RequestHead
    ) throws(RequestDecoding.Refusal) -> VaultRequest {
        try ConfigurationReads.requireRead(head)
        let segments = try ConfigurationReads.segments(path.dropFirst(prefix.count))
        guard (1...3).contains(segments.count), let last = segments.last else {
            throw RequestDecoding.Refusal(404, "not found")
        }
        if let file = file(last), segments.count < 3 {
            let label = segments.count == 2 ? segments[0] : nil
            let members = [
                ("format", file.format), ("env", environment(file.profile)), ("snapshot", snapshot(label)),
            ]
            return try request(file.application, members, head)
        }
        guard segments.count > 1 else { throw RequestDecoding.Refusal(404, "not found") }
        let label = segments.count == 3 ? segments[2] : nil
        let members = [
            ("format", "spring"), ("profiles", segments[1]), ("label", label), ("snapshot", snapshot(label)),
        ]
        return try request(segments[0], members, head)
    }

    private static func request(
        _ application: String, _ members: [(name: String, value: String?)], _ head: some RequestHead
    ) throws(RequestDecoding.Refusal) -> VaultRequest {
        try ConfigurationReads.request(application, members, .spring, tokens: [.token, .configToken], head)
    }

    /// What the name of a file says; the profile is what stands behind the last `-`.
    private static func file(_ name: String) -> (application: String, profile: String, format: String)? {
        for (ending, format) in files where name.hasByteSuffix(ending) {
            let stem = name.utf8.dropLast(ending.utf8.count)
            guard let dash = stem.lastIndex(of: UInt8(ascii: "-")) else { return nil }
            return (
                String(decoding: stem[..<dash], as: UTF8.self),
                String(decoding: stem[dash...].dropFirst(), as: UTF8.self), format
            )
        }
        return nil
    }

    private static func environment(_ profile: String) -> String? {
        profile.bytesEqual(to: "default") ? nil : profile
    }

    private static func snapshot(_ label: String?) -> String? {
        guard let label, !["main", "master"].contains(where: { $0.bytesEqual(to: label) }) else { return nil }
        return label
    }
}
