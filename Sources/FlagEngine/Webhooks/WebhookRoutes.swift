import EngineKit
import Notation

/// Webhooks by HTTP. Their routes ask for `sudo`: they make the server speak to others, and send data away.
extension FeatureFlagEngine {
    /// The most names that a webhook lists.
    private static let namesLimit = 100

    /// The routes.
    var sendingAway: [Route] {
        [
            Route("webhooks", "Who is sent exposures.").sudo().on(.list, serve: Self.listWebhooks),
            Route("webhooks/:name", "An address that exposures are sent to.").sudo()
                .taking(["url", "environments", "flags", "enabled", "description", "secret", "rotate_secret"])
                .exists { request, transaction throws(EngineError) in
                    try Webhooks(request.mount.realm, transaction).find(request.captures.text("name")) != nil
                }
                .on(.read, serve: Self.readWebhook).on(.update, serve: writeWebhook)
                .on(.delete, serve: Self.deleteWebhook),
            Route("webhooks/:name/test", "Send a message that only says that it is one.").sudo()
                .on(.update, serve: Self.testWebhook),
        ]
    }

    /// LIST `webhooks`.
    static func listWebhooks(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let webhooks = try Webhooks(request.mount.realm, transaction)
        var information = JSONObject()
        for webhook in webhooks.all {
            information[webhook.name] = .object(webhook.data.joined(with: try webhooks.queue(of: webhook).data))
        }
        return .data(["keys": .strings(webhooks.all.map(\.name)), "key_info": .object(information)])
    }

    /// GET `webhooks/:name`: what it is and how sending goes; never its secret.
    static func readWebhook(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let (webhooks, webhook) = try named(request, transaction)
        return .data(webhook.data.joined(with: try webhooks.queue(of: webhook).data))
    }

    /// POST `webhooks/:name {url, environments?, flags?, enabled?, description?, secret?, rotate_secret?}`: makes one,
    /// or changes the members that are given. A secret that the server made is told in this answer only.
    func writeWebhook(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = FlagScope(request, transaction)
        let name = String(decoding: try scope.name("name"), as: UTF8.self)
        var webhooks = try Webhooks(request.mount.realm, transaction)
        let present = webhooks.find(name)
        var webhook =
            present
            ?? Webhook(
                id: request.random.base62(20), name: name, url: "", environments: [], flags: [], isEnabled: true,
                description: "", secret: [])
        var isSecretMade = false
        try EngineError.model { () throws(ModelError) in
            let object = try ModelObject(
                .object(request.input.members), path: "",
                allowing: ["url", "environments", "flags", "enabled", "description", "secret", "rotate_secret"])
            if present == nil || object["url"] != nil {
                webhook.url = try checkedURL(object.required("url"))
            }
            if let names = try Self.names(object, "environments") { webhook.environments = names }
            if let names = try Self.names(object, "flags") { webhook.flags = names }
            webhook.isEnabled = try object.bool("enabled", default: webhook.isEnabled)
            if let field = object["description"] { webhook.description = try field.text(limit: 1_024) }
            if let field = object["secret"] {
                guard let secret = Webhook.secret(parsing: try field.text(limit: 128)) else {
                    throw field.failure("must be \(Webhook.secretPrefix) and the base64 of 24 to 64 bytes")
                }
                webhook.secret = secret
            } else {
                isSecretMade = try object.bool("rotate_secret", default: false)
                if webhook.secret.isEmpty { isSecretMade = true }
                if isSecretMade { webhook.secret = request.random.bytes(32) }
            }
        }
        try Self.check(webhook, after: present, scope)
        try webhooks.put(webhook)
        // A new one has no queue, and another identifier each time that the transaction is tried.
        if present != nil {
            var queue = try webhooks.queue(of: webhook)
            if queue.notBefore != nil { queue.hurry() }
        }
        var data = webhook.data
        if isSecretMade { data["secret"] = .string(webhook.secretText) }
        return .data(data)
    }

    /// DELETE `webhooks/:name`: what was not sent yet goes with it.
    static func deleteWebhook(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        var webhooks = try Webhooks(request.mount.realm, transaction)
        if let webhook = webhooks.find(request.captures.text("name")) { try webhooks.remove(webhook) }
        return .noContent
    }

    /// POST `webhooks/:name/test`: a message of the type `test` is put at the end of what waits, which is tried now.
    static func testWebhook(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let (webhooks, webhook) = try named(request, transaction)
        guard webhook.isEnabled else { throw .invalid("the webhook is switched off") }
        var queue = try webhooks.queue(of: webhook)
        queue.append(WebhookMessage.body(type: "test", at: request.now, ["webhook": .string(webhook.name)]))
        queue.hurry()
        return .data(queue.data)
    }

    private static func named(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> (Webhooks, Webhook) {
        let webhooks = try Webhooks(request.mount.realm, transaction)
        guard let webhook = webhooks.find(request.captures.text("name")) else { throw .notFound }
        return (webhooks, webhook)
    }

    private func checkedURL(_ field: ModelField) throws(ModelError) -> String {
        guard let address = WebhookAddress(parsing: try field.text(limit: WebhookAddress.limit)) else {
            throw field.failure("must be a URL such as https://hooks.example.com/exposures, without user and fragment")
        }
        guard !address.isPlain || allowsPlainWebhooks else {
            throw field.failure("must begin with https://: the server's configuration allows no other webhooks")
        }
        return address.text
    }

    /// The names under a member; `nil` when it is absent.
    private static func names(_ object: ModelObject, _ member: String) throws(ModelError) -> [String]? {
        guard let field = object[member] else { return nil }
        let names = try field.distinctTexts(limit: namesLimit, byteLimit: ModelLimits.nameBytes)
        for name in names { try DocumentName.check(name, field: member) }
        return names
    }

    /// Whether what a webhook names newly is there; what it named before may be gone since.
    private static func check(_ webhook: Webhook, after present: Webhook?, _ scope: FlagScope) throws(EngineError) {
        let environments = Environments(scope)
        for name in webhook.environments where !(present?.environments ?? []).contains(name) {
            guard try environments.find(Array(name.utf8)) != nil else {
                throw .invalid("environments: no environment named \"\(name)\"")
            }
        }
        for key in webhook.flags where !(present?.flags ?? []).contains(key) {
            guard try scope.documents.current(.definition, Array(key.utf8)) != nil else {
                throw .invalid("flags: no flag named \"\(key)\"")
            }
        }
    }
}
