import EngineKit
import Notation
import Testing
@testable import VaultCore

/// Bodies that are forms.
@Suite struct FormInputTests {
    private func input(_ body: String, claimsForm: Bool = true, isAuthenticated: Bool = true) throws -> Input {
        var request = VaultRequest(
            id: "", verb: .write, path: try RequestPath(checking: Array("x".utf8)), body: Array(body.utf8))
        request.claimsForm = claimsForm
        return try RequestInput.read(request, isAuthenticated: isAuthenticated)
    }

    @Test(arguments: [
        ("a=1", #"{"a":"1"}"#), ("a", #"{"a":""}"#), ("a=", #"{"a":""}"#), ("=v", #"{"":"v"}"#),
        ("a=1&b=2&a=3", #"{"a":["1","3"],"b":"2"}"#), ("a=1&&b=2&", #"{"a":"1","b":"2"}"#),
        ("a=b=c", #"{"a":"b=c"}"#), ("two+words=x%2By", #"{"two words":"x+y"}"#), ("a=%22%5C", #"{"a":"\"\\"}"#),
        ("list=1&help=2&scan=3", #"{"list":"1","help":"2","scan":"3"}"#), (" a=1", #"{" a":"1"}"#),
    ])
    func membersAreTextsOrListsOfThem(form: String, json: String) throws {
        let input = try input(form)
        #expect(JSON.object(input.members).serialized() == Array(json.utf8))
        #expect(input.body == Array(json.utf8))
    }

    /// Names that look the same stay two names.
    @Test func namesAreBytes() throws {
        #expect(try input("caf%C3%A9=1&cafe%CC%81=2").members.members.count == 2)
    }

    @Test(arguments: [#"{"a":"1&b=2"}"#, " \r\n\t{\"a\":\"1&b=2\"}"])
    func whatBeginsAsJSONIsJSON(body: String) throws {
        let input = try input(body)
        #expect(try input.string("a") == "1&b=2")
        #expect(input.body == Array(body.utf8))
    }

    @Test func blankBodiesAreNoInput() throws {
        for body in ["", " ", "\r\n"] { #expect(try input(body).members.members.isEmpty) }
    }

    @Test(arguments: ["[1]", "7", "a=1"])
    func nothingElseIsAForm(body: String) {
        #expect(throws: EngineError.self) { _ = try input(body, claimsForm: body == "[1]") }
    }

    @Test(arguments: ["CANARY=%", "CANARY=%4", "%xyCANARY=1", "CANARY=%FF", "%C0%AF=CANARY"])
    func whatCannotBeDecodedIsRefusedWithoutBeingShown(form: String) {
        do throws(EngineError) {
            _ = try read(form)
            Issue.record("taken")
        } catch {
            #expect(error.auditText.utf8.starts(with: "failed to decode form input: invalid ".utf8))
            #expect(!error.auditText.utf8.contains(UInt8(ascii: "Y")))
        }
    }

    private func read(_ form: String) throws(EngineError) -> Input {
        guard let path = try? RequestPath(checking: []) else { return .none }
        var request = VaultRequest(id: "", verb: .write, path: path, body: Array(form.utf8))
        request.claimsForm = true
        return try RequestInput.read(request, isAuthenticated: true)
    }

    @Test(arguments: [(true, 5_000), (false, 500)])
    func numberOfMembersIsLimited(isAuthenticated: Bool, limit: Int) throws {
        let most = [String](repeating: "a=1", count: limit).joined(separator: "&")
        #expect(try input(most, isAuthenticated: isAuthenticated).members["a"]?.arrayValue?.count == limit)
        #expect(throws: EngineError.self) { _ = try input(most + "&a=1", isAuthenticated: isAuthenticated) }
    }

    @Test func formReachesTheEngine() async throws {
        try await withUnsealedVault { vault, root in
            var request = VaultRequest(
                id: "", verb: .write, path: try RequestPath(checking: Array("cubbyhole/a".utf8)),
                token: ClientToken(root.utf8), body: Array("a=1&b=two+words".utf8))
            request.claimsForm = true
            #expect(await vault.respond(to: request).status == 204)
            let data = try await vault.ask(.read, "cubbyhole/a", as: root).data
            #expect(data?["a"]?.stringValue == "1" && data?["b"]?.stringValue == "two words")
        }
    }
}
