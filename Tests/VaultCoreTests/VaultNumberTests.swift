import Notation
import Testing
import VaultCore

/// Extreme numbers and nesting: an answer each time, and the process lives.
@Suite struct VaultNumberTests {
    static let extremes: [String] = [
        "-1", "-9223372036854775808", "-9223372036854775809", "9223372036854775807", "9223372036854775808",
        "18446744073709551616", "1e30", "-1e30", "1e400", "-1e400", "1e-400", "0.5", "9007199254740993.5",
        #""9223372036854775807h""#, #""9223372036854775807s""#, #""-9223372036854775808s""#, #""1e400""#, #""NaN""#,
        #""inf""#, #""99999999999999999999999d""#, #""106751d23h""#,
        "\"" + String(repeating: "9", count: 100_000) + "\"",
        String(repeating: "9", count: 100_000), "[1]", "{}", #""1h-1h""#, #""0x7fffffffffffffff""#,
    ]

    /// Paths with bodies; `#` stands for the number.
    static let fields: [(path: String, body: String)] = [
        ("auth/token/create", ##"{"policies":["p"],"ttl":#}"##),
        ("auth/token/create", ##"{"policies":["p"],"lease":#}"##),
        ("auth/token/create", ##"{"policies":["p"],"num_uses":#}"##),
        ("auth/token/create", ##"{"policies":["p"],"period":#}"##),
        ("auth/token/create", ##"{"policies":["p"],"explicit_max_ttl":#}"##),
        ("sys/mounts/kv2/tune", ##"{"default_lease_ttl":#}"##), ("sys/mounts/kv2/tune", ##"{"max_lease_ttl":#}"##),
        ("kv2/config", ##"{"max_versions":#}"##), ("kv2/config", ##"{"delete_version_after":#}"##),
        ("kv2/metadata/a", ##"{"max_versions":#}"##), ("kv2/metadata/a", ##"{"delete_version_after":#}"##),
        ("kv2/data/a", ##"{"data":{},"options":{"cas":#}}"##), ("kv2/delete/a", ##"{"versions":[#]}"##),
        ("kv2/destroy/a", ##"{"versions":[#]}"##), ("kv2/undelete/a", ##"{"versions":#}"##),
        ("auth/token/roles/r", ##"{"token_period":#}"##), ("auth/token/roles/r", ##"{"token_num_uses":#}"##),
        ("auth/token/roles/r", ##"{"token_explicit_max_ttl":#}"##), ("auth/token/renew-self", ##"{"increment":#}"##),
        ("sys/mounts/y", ##"{"type":"kv","config":{"max_lease_ttl":#}}"##),
    ]

    private static func text(_ body: String, _ number: String) -> String {
        body.split(separator: "#", omittingEmptySubsequences: false).joined(separator: number)
    }

    @Test(arguments: extremes) func extremeNumbersAreAnswered(number: String) async throws {
        try await withUnsealedVault { vault, root in
            _ = try await vault.ask(.write, "sys/mounts/kv2", as: root, ["type": "kv-v2"])
            _ = try await vault.ask(.write, "kv2/data/a", as: root, ["data": ["k": "v"]])
            for (path, body) in Self.fields {
                let answer = try await vault.ask(.write, path, as: root, text: Self.text(body, number))
                let shown = "\(path) \(Self.text(body, String(number.prefix(40))))"
                #expect(answer.status < 500, "\(shown)")
                // What is taken must be kept within the limits: nothing may become endless.
                if answer.status == 200, let auth = answer.json["auth"]?.objectValue {
                    #expect((1...2_764_800).contains(auth["lease_duration"]?.intValue ?? 0), "\(shown)")
                }
            }
            for (path, query) in [("kv2/data/a", "version"), ("sys/health", "activecode")] {
                let text = number.filter { $0 != "\"" }
                #expect(try await vault.ask(.read, path, as: root, query: [(query, text)]).isAnswer)
            }
            #expect(try await vault.ask(.read, "kv2/data/a", as: root).isAnswer)
            #expect(try await vault.ask(.read, "sys/mounts/kv2/tune", as: root).status == 200)
        }
    }

    @Test(arguments: ["-1", "1e30", "1e400", "9223372036854775808", #""NaN""#, #""9223372036854775807h""#, "[1]", "{}"])
    func numbersThatMeanNothingAreRefused(number: String) async throws {
        try await withUnsealedVault { vault, root in
            _ = try await vault.ask(.write, "sys/mounts/kv2", as: root, ["type": "kv-v2"])
            for (path, body) in Self.fields
            where path == "auth/token/create" || path.hasSuffix("/tune") || path == "kv2/config" {
                // A negative time in the settings of a mount for secrets means: no deletion.
                if path == "kv2/config", number == "-1" || number == "[1]" || number == "{}" { continue }
                let answer = try await vault.ask(.write, path, as: root, text: Self.text(body, number))
                #expect(answer.status == 400, "\(path) \(body) \(number) \(answer.status)")
            }
        }
    }

    @Test func deepAndWideBodiesAreRefused() async throws {
        try await withUnsealedVault { vault, root in
            for depth in [100, 10_000, 1_000_000] {
                for (open, close) in [("[", "]"), (#"{"a":"#, "}")] {
                    let nested = String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
                    let answer = try await vault.ask(.write, "cubbyhole/a", as: root, text: #"{"a":\#(nested)}"#)
                    #expect(answer.status == 400)
                    let unclosed = String(repeating: open, count: depth)
                    #expect(try await vault.ask(.write, "sys/unseal", text: unclosed).status == 400)
                }
            }
            let wide = "{" + (0..<200_000).map { "\"k\($0)\":1" }.joined(separator: ",") + "}"
            #expect(try await vault.ask(.write, "cubbyhole/a", as: root, text: wide).status == 400)
        }
    }

    @Test func longPathsAreAnswered() async throws {
        try await withUnsealedVault { vault, root in
            let names = [1, 255, 1_024, 4_000].map { "/" + String(repeating: "a", count: $0) }
            for name in names + [String(repeating: "/a", count: 1_500)] {
                let written = try await vault.ask(.write, "cubbyhole\(name)", as: root, ["k": "v"])
                let read = try await vault.ask(.read, "cubbyhole\(name)", as: root)
                #expect(written.isAnswer && read.isAnswer, "\(name.utf8.count)")
            }
        }
    }
}
