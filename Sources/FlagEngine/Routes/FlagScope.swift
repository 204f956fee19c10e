import EngineKit
import Notation

/// What a handler works with: the request, the mount's documents, and the checks that all handlers share.
struct FlagScope {
    /// The request.
    let request: EngineRequest
    /// The transaction.
    let transaction: Transaction
    /// The mount's documents.
    let documents: DocumentStore
    /// The mount's changes.
    let log: ChangeLog
    /// In whose name changes are made; `nil` for the caller's own.
    let author: ChangeAuthor?

    /// Opens the mount of a request.
    init(_ request: EngineRequest, _ transaction: Transaction, author: ChangeAuthor? = nil) {
        self.request = request
        self.author = author
        self.transaction = transaction
        documents = DocumentStore(realm: request.mount.realm, transaction: transaction)
        log = ChangeLog(realm: request.mount.realm, transaction: transaction)
    }

    // MARK: names

    /// A name that the path captured.
    func name(_ capture: String) throws(EngineError) -> [UInt8] {
        let name = request.captures.text(capture)
        try EngineError.model { () throws(ModelError) in try DocumentName.check(name, field: capture) }
        return Array(name.utf8)
    }

    /// The path of a state or segment: environment, slash, name.
    static func path(_ environment: [UInt8], _ name: [UInt8]) -> [UInt8] {
        environment + [UInt8(ascii: "/")] + name
    }

    // MARK: what is there

    /// An environment that exists, by the path's `env`.
    func environment(_ capture: String = "env") throws(EngineError) -> (name: [UInt8], value: FlagEnvironment) {
        let name = try name(capture)
        guard let found = try Environments(self).find(name) else {
            throw .status(404, ["no environment named \"\(String(decoding: name, as: UTF8.self))\""])
        }
        return (name, found)
    }

    /// The current definition of the flag that the path names.
    ///
    /// - Parameter archived: whether an archived flag will do.
    func definition(
        archived: Bool = false
    ) throws(EngineError) -> (key: [UInt8], document: StoredDocument, value: FlagDefinition) {
        let key = try name("flag")
        guard let document = try documents.current(.definition, key), archived || !document.isDeleted else {
            throw .status(404, ["no flag named \"\(String(decoding: key, as: UTF8.self))\""])
        }
        return (key, document, try document.definition())
    }

    /// The current state of a flag in an environment; `nil` when it has none there.
    func state(_ environment: [UInt8], _ key: [UInt8]) throws(EngineError) -> StoredDocument? {
        guard let found = try documents.current(.state, Self.path(environment, key)), !found.isDeleted else {
            return nil
        }
        return found
    }

    // MARK: what is written

    /// Writes the next version of a document, under the next revision of the mount.
    ///
    /// - Parameters:
    ///   - kind: what it is.
    ///   - name: the flag's key, or the segment's name.
    ///   - environment: where; `nil` for a definition, which is everywhere.
    ///   - last: the version before, a deleted one included; `nil` when there was never one.
    ///   - content: what it says now.
    ///   - action: what is done.
    ///   - marks: sets what stands beside the content.
    /// - Returns: the version that was written.
    func write(
        _ kind: DocumentKind, _ name: [UInt8], in environment: [UInt8]?, after last: StoredDocument?,
        _ content: JSONObject, action: String, marks: (inout StoredDocument) -> Void = { _ in }
    ) throws(EngineError) -> StoredDocument {
        let revision = try log.append(kind.change(of: name, in: environment, at: request.now))
        let reason: String
        if let author { reason = author.reason } else { reason = try request.reason() }
        var document = StoredDocument(
            after: last, content: content, action: action, reason: reason,
            author: author?.name ?? request.caller.displayName, time: request.now, revision: revision)
        marks(&document)
        documents.put(kind, environment.map { Self.path($0, name) } ?? name, document)
        return document
    }

    // MARK: what is asked

    /// The version of a document that the request asks for by `version` or `as_of`; the current one otherwise.
    func asked(_ kind: DocumentKind, _ path: [UInt8]) throws(EngineError) -> StoredDocument? {
        try documents.asked(kind, path, by: request, newest: log.revision)
    }

    /// The members of the body that belong to a document: what is left without facts and options.
    func content() -> JSONObject {
        JSONObject(
            request.input.members.members.filter { member in
                !FlagScope.factNames.contains { $0.utf8.elementsEqual(member.name.utf8) }
            })
    }
}

/// In whose name the background service makes a change, and why.
struct ChangeAuthor: Sendable {
    /// The display name of the token that asked for it.
    let name: String
    /// The reason that history shows.
    let reason: String
}

extension FlagScope {
    /// The members by which answers tell facts; written back by a client, they are passed over.
    fileprivate static let factNames =
        StoredDocument.factNames + ["killed", "kill_reason", "archived", "key", "name", "environment"]
}

extension StoredDocument {
    /// Why the flag is killed; `nil` when it is not. States only.
    var killed: String? {
        get { mark }
        set { mark = newValue }
    }

    /// The content as a definition.
    func definition() throws(EngineError) -> FlagDefinition {
        do throws(ModelError) {
            return try FlagDefinition(json: .object(content))
        } catch {
            throw .internalError("a stored definition cannot be read: \(error.description)")
        }
    }

    /// The content as a state.
    func state() throws(EngineError) -> FlagState {
        do throws(ModelError) {
            return try FlagState(json: .object(content), definition: nil)
        } catch {
            throw .internalError("a stored state cannot be read: \(error.description)")
        }
    }

    /// The content as a segment.
    func segment() throws(EngineError) -> Segment {
        do throws(ModelError) {
            return try Segment(json: .object(content))
        } catch {
            throw .internalError("a stored segment cannot be read: \(error.description)")
        }
    }
}
