import Testing

@testable import vaultcli

@Suite struct LookTests {
    private static let folders = ["": ["a/", "b", "c/"], "a/": ["x", "y/"], "a/y/": ["z"], "c/": ["d"]]

    private static func tree(depth: Int = .max) async throws -> NameTree {
        try await NameTree(depth: depth) { (folder) async throws(Failure) in
            folder == "c/" ? .failure(.init(text: "permission denied")) : .success(folders[folder] ?? [])
        }
    }

    @Test func namesAreDrawnAsATree() async throws {
        #expect(
            try await Self.tree().entries.map(\.line) == [
                "├── a/", "│   ├── x", "│   └── y/", "│       └── z", "├── b", "└── c/ (permission denied)",
            ])
        #expect(try await Self.tree().entries.map(\.path) == ["a/", "a/x", "a/y/", "a/y/z", "b", "c/"])
    }

    @Test func aDepthLimitsTheTree() async throws {
        #expect(try await Self.tree(depth: 1).entries.map(\.name) == ["a/", "b", "c/"])
        #expect(try await Self.tree(depth: 2).entries.map(\.name) == ["a/", "x", "y/", "b", "c/"])
    }

    @Test func aTreeWithoutAnEndIsCut() async throws {
        let tree = try await NameTree { (_) async throws(Failure) in .success((0..<1_000).map { "\($0)/" }) }
        #expect(tree.isCut)
        #expect(tree.entries.count <= NameTree.greatestCount)
    }

    private static let v1 = "http://vault.test/v1"

    @Test func searchLooksIntoEverythingThatTheTokenMaySee() async {
        let mounts =
            #"{"data":{"secret":{"secret/":{"type":"kv","options":{"version":"2"}},"config/":{"type":"config"},"#
            + #""flags/":{"type":"flags"}}}}"#
        let keys =
            #"{"data":{"keys":["log.level","pay.url"],"key_info":{"log.level":{"tags":["PayDay"],"owner":"ops"},"#
            + #""pay.url":{"description":"where"}}}}"#
        let run = await Transcript.run(
            "search", "pay",
            answers: [
                "GET \(Self.v1)/sys/internal/ui/mounts": [(200, mounts)],
                "GET \(Self.v1)/secret/metadata?scan=true": [(403, #"{"errors":[]}"#)],
                "GET \(Self.v1)/secret/metadata?list=true": [(200, #"{"data":{"keys":["app/","PAYMENT"]}}"#)],
                "GET \(Self.v1)/secret/metadata/app?list=true": [(200, #"{"data":{"keys":["db","pay"]}}"#)],
                "GET \(Self.v1)/config/keys?list=true": [(200, keys)],
                "GET \(Self.v1)/flags/definitions?list=true": [(403, #"{"errors":[]}"#)],
            ])
        #expect(
            run.output == """
                Kind      Path                     Owner    Description
                ----      ----                     -----    -----------
                config    config/keys/log.level    ops      n/a
                config    config/keys/pay.url      n/a      where
                secret    secret/PAYMENT           n/a      n/a
                secret    secret/app/pay           n/a      n/a

                """)
    }

    @Test func secretsAreComparedWithoutTheirValues() async {
        func version(_ data: String) -> (status: Int, body: String) {
            (200, #"{"data":{"data":\#(data),"metadata":{"version":1}}}"#)
        }
        let answers = [
            "GET \(Self.v1)/sys/internal/ui/mounts/secret/a": [versionedMount],
            "GET \(Self.v1)/sys/internal/ui/mounts/secret/b": [versionedMount],
            "GET \(Self.v1)/secret/data/a?version=3": [version(#"{"x":"one","y":"same"}"#)],
            "GET \(Self.v1)/secret/data/b": [version(#"{"x":"two","y":"same","z":1}"#)],
        ]
        let hidden = await Transcript.run("diff", "secret/a@3", "secret/b", answers: answers)
        #expect(hidden.output == "x\n  - \"********\"\n  + \"********\"\nz\n  + \"********\"\n")
        let shown = await Transcript.run("diff", "secret/a@3", "secret/b", "-reveal", answers: answers)
        #expect(shown.output == "x\n  - \"one\"\n  + \"two\"\nz\n  + 1\n")
    }

    @Test func layersAreComparedKeyByKey() async {
        let config = "\(Self.v1)/config/data"
        let run = await Transcript.run(
            "diff", "env/a", "env/b",
            answers: [
                "GET \(config)/env/a?list=true": [(200, #"{"data":{"keys":["k","s"]}}"#)],
                "GET \(config)/env/b?list=true": [(200, #"{"data":{"keys":["k","s"]}}"#)],
                "GET \(config)/env/a/k": [(200, #"{"data":{"value":{"m":1,"n":2}}}"#)],
                "GET \(config)/env/b/k": [(200, #"{"data":{"value":{"m":1,"n":3}}}"#)],
                "GET \(config)/env/a/s": [(200, #"{"data":{"value":null,"redacted":true,"hmac":"aa"}}"#)],
                "GET \(config)/env/b/s": [(200, #"{"data":{"value":null,"redacted":true,"hmac":"bb"}}"#)],
            ])
        #expect(run.output == "k.n\n  - 2\n  + 3\ns\n  - \"HMAC aa\"\n  + \"HMAC bb\"\n")
    }

    @Test func differentThingsAreNotCompared() async {
        let answers = ["GET \(Self.v1)/config/data/env/a?list=true": [(status: 404, body: "")]]
        let run = await Transcript.run("diff", "env/a", "sys/x", answers: answers)
        #expect(run.status != 0)
    }
}
