import Testing

@testable import VaultClient

@Suite struct VaultTests {
    private func vault(_ server: StubTransport, retries: Int = 2) throws -> Vault {
        try Vault(
            configuration: .init(address: "https://a.test", token: "t", retries: retries, retryPause: .zero),
            transport: server)
    }

    @Test(arguments: [(412, 3), (500, 3), (503, 3), (501, 1), (400, 1), (404, 1), (429, 1)])
    func repeatsWhatMayPassAndNothingElse(status: Int, attempts: Int) async throws {
        let server = StubTransport(["GET https://a.test/v1/x": [(status, #"{"errors":[]}"#)]])
        await #expect(throws: VaultError.self) { try await vault(server).send(VaultRequest(.get, "x")) }
        #expect(server.requests.count == attempts)
    }

    @Test func answerAfterARepetitionCounts() async throws {
        let server = StubTransport(["GET https://a.test/v1/x": [(503, ""), (200, "{}")]])
        #expect(try await vault(server).send(VaultRequest(.get, "x")).status == 200)
    }

    @Test func followsOneRedirectWithBodyAndToken() async throws {
        let server = StubTransport(
            ["PUT https://b.test/v1/x": [(204, "")]], redirects: ["https://a.test/v1/x": "https://b.test/v1/x"])
        let response = try await vault(server).send(VaultRequest(.put, "x", body: .bytes([0x7B, 0x7D])))
        #expect(response.status == 204)
        #expect(server.requests.last?.body == "{}")
        #expect(server.requests.last?.header("X-Vault-Token") == "t")
    }

    @Test func refusesARedirectThatGivesUpTLS() async throws {
        let server = StubTransport([:], redirects: ["https://a.test/v1/x": "http://b.test/v1/x"])
        let error = await #expect(throws: VaultError.self) { try await vault(server).send(VaultRequest(.get, "x")) }
        #expect(error?.code == .malformed)
        #expect(server.requests.count == 1)
    }

    @Test func doesNotFollowASecondRedirect() async throws {
        let server = StubTransport(
            [:],
            redirects: ["https://a.test/v1/x": "https://b.test/v1/x", "https://b.test/v1/x": "https://c.test/v1/x"])
        _ = try await vault(server).send(VaultRequest(.get, "x"))
        #expect(server.requests.count == 2)
    }

    @Test(arguments: [
        (#"{"errors":[]}"#, false), ("", false), ("<html>", false), (#"{"data":null,"warnings":null}"#, false),
        (#"{"data":{"metadata":{}}}"#, true), (#"{"data":null,"warnings":["w"]}"#, true),
    ])
    func findTellsAbsenceFromA404ThatSaysSomething(body: String, isAnswer: Bool) async throws {
        let server = StubTransport(["GET https://a.test/v1/x": [(404, body)]])
        let answer = try await vault(server).find(VaultRequest(.get, "x"))
        #expect((answer != nil) == isAnswer)
    }

    @Test func errorTextIsThatOfVaultsTools() async throws {
        let server = StubTransport([
            "GET https://a.test/v1/x": [(400, #"{"errors":["one","two"]}"#)],
            "GET https://a.test/v1/y": [(400, "oops")],
        ])
        let json = await #expect(throws: VaultError.self) { try await vault(server).send(VaultRequest(.get, "x")) }
        #expect(
            json?.description
                == "Error making API request.\n\nURL: GET https://a.test/v1/x\nCode: 400. Errors:\n\n* one\n* two")
        let raw = await #expect(throws: VaultError.self) { try await vault(server).send(VaultRequest(.get, "y")) }
        #expect(raw?.description.hasSuffix("Code: 400. Raw Message:\n\noops") == true)
    }

    @Test func headerWithALineFeedIsNotSent() async throws {
        let server = StubTransport([:])
        let client = try Vault(configuration: .init(address: "https://a.test", token: "a\r\nX: y"), transport: server)
        let error = await #expect(throws: VaultError.self) { try await client.send(VaultRequest(.get, "x")) }
        #expect(error?.code == .configuration)
        #expect(error?.description.contains("X: y") == false)
        #expect(server.requests.isEmpty)
    }
}
