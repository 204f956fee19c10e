import EngineKit
import Notation

/// What a handler works with: the request, the mount's documents, and the checks that all handlers share.
struct ConfigScope {
    /// The request.
    let request: EngineRequest
    /// The transaction.
    let transaction: Transaction
    /// The mount's documents.
    let documents: DocumentStore
    /// The mount's changes.
    let log: ConfigLog
    /// In whose name changes are made and why; `nil` for the caller's own.
    let author: (name: String, reason: String)?

    /// Opens the mount of a request.
    init(_ request: EngineRequest, _ transaction: Transaction, author: (name: String, reason: String)? = nil) {
        self.request = request
        self.transaction = transaction
        self.author = author
        documents = DocumentStore(realm: request.mount.realm, transaction: transaction)
        log = ConfigLog(realm: request.mount.realm, transaction: transaction)
    }

    /// Who owns the mount's records.
    var realm: Realm { request.mount.realm }

    /// A name that the path captured.
    func name(_ capture: String) throws(EngineError) -> String {
        let name = request.captures.text(capture)
        try EngineError.model { () throws(ModelError) in try DocumentName.check(name, field: capture) }
        return name
    }

    /// A name that the query or body may have; empty when it is not there.
    func optionalName(_ field: String) throws(EngineError) -> String {
        let name = try request.input.string(field) ?? ""
        guard !name.utf8.isEmpty else { return "" }
        try EngineError.model { () throws(ModelError) in try DocumentName.check(name, field: field) }
        return name
    }

    /// The layer that the path names by what the route captured.
    func layer() throws(EngineError) -> Layer {
        let captures = request.captures
        let (service, environment) = (!captures["svc"].isEmpty, !captures["env"].isEmpty)
        if !captures["id"].isEmpty { return .instance(try name("id"), of: try name("svc")) }
        if service, environment { return .service(try name("svc"), in: try name("env")) }
        if service { return .service(try name("svc")) }
        return environment ? .environment(try name("env")) : .global
    }

    /// The place that an effective document is asked for: the path's service, and `env` and `instance` of the query.
    func place() throws(EngineError) -> Place {
        Place(
            service: try name("svc"), environment: try optionalName("env"), instance: try optionalName("instance"))
    }

    /// What a key is; what nobody declared is anything, where the mount allows it.
    func definition(_ key: String) throws(EngineError) -> KeyDefinition? {
        guard let document = try documents.current(.key, Array(key.utf8)), !document.isDeleted else { return nil }
        return try document.keyDefinition()
    }

    /// What a key is, for showing what was ever said of it: a key that was sensitive when it was taken away is so still.
    func definitionForShowing(_ key: String) throws(EngineError) -> KeyDefinition {
        guard let document = try documents.current(.key, Array(key.utf8)) else { return .undeclared }
        let definition = try document.keyDefinition()
        return document.isDeleted && !definition.isSensitive ? .undeclared : definition
    }

    /// What a key was, for showing: the default of one that is sensitive now is kept back.
    func shown(_ definition: JSONObject, of key: String) throws(EngineError) -> JSONObject {
        guard definition["default"] != nil, try definitionForShowing(key).isSensitive else { return definition }
        var shown = definition
        shown["default"] = PersonalValue.redacted
        return shown
    }

    /// The version of a document that the request asks for by `version` or `as_of`; the current one otherwise.
    func asked(_ kind: DocumentKind, _ path: [UInt8]) throws(EngineError) -> StoredDocument? {
        try documents.asked(kind, path, by: request, newest: log.revision)
    }

    /// Writes the next version of a document under the next revision of the mount.
    ///
    /// - Parameters:
    ///   - kind: what it is.
    ///   - path: where it stands.
    ///   - last: the version before, a deleted one included; `nil` when there was never one.
    ///   - content: what it says now.
    ///   - action: what is done.
    ///   - change: what the log notes.
    ///   - isDeleted: whether the document is gone with it.
    /// - Returns: the version that was written.
    func write(
        _ kind: DocumentKind, _ path: [UInt8], after last: StoredDocument?, _ content: JSONObject, action: String,
        change: ConfigLog.Change, isDeleted: Bool = false
    ) throws(EngineError) -> StoredDocument {
        let revision = try log.append(change)
        let reason: String
        if let author { reason = author.reason } else { reason = try request.reason() }
        var document = StoredDocument(
            after: last, content: content, action: action, reason: reason,
            author: author?.name ?? request.caller.displayName, time: request.now, revision: revision)
        document.isDeleted = isDeleted
        documents.put(kind, path, document)
        return document
    }
}

extension StoredDocument {
    /// The content as what a key is.
    func keyDefinition() throws(EngineError) -> KeyDefinition {
        do throws(ModelError) {
            return try KeyDefinition(json: .object(content))
        } catch {
            throw .internalError("a stored key cannot be read: \(error.description)")
        }
    }

    /// The content as what a layer says; `nil` when it says nothing any more.
    func layerValue() throws(EngineError) -> LayerValue? {
        if isDeleted { return nil }
        guard let value = LayerValue(content: content) else {
            throw .internalError("a stored value of configuration cannot be read")
        }
        return value
    }
}
