import Notation

/// One path of an engine: its pattern, what it does for each operation, and what a caller needs for it.
package struct Route: Sendable {
    /// A handler that reads and writes records only. It may run several times; see `Transaction`.
    package typealias Transactional =
        @Sendable (EngineRequest, Transaction) throws(EngineError) -> EngineResponse

    /// A handler that acts on the running server, such as sealing it. It runs once.
    package typealias Control = @Sendable (EngineRequest) async throws(EngineError) -> EngineResponse

    /// A handler that prepares something for the running server that must not happen unless its answer is recorded. It
    /// runs once.
    package typealias Staged = @Sendable (EngineRequest) async throws(EngineError) -> StagedAnswer

    /// How an operation is served.
    package enum Handler: Sendable {
        /// By a function over a transaction.
        case transactional(Transactional)
        /// By a function that acts on the server.
        case control(Control)
        /// By a function that prepares what is done to the server once the answer is recorded.
        case staged(Staged)
    }

    /// Says whether the path exists, which decides between create and update.
    package typealias Existence = @Sendable (EngineRequest, Transaction) throws(EngineError) -> Bool

    /// The pattern.
    package let template: PathTemplate
    /// The pattern's text, for help and metrics.
    package let pattern: String
    /// One paragraph for `path-help`.
    package let summary: String
    /// Whether the path is served without any token.
    package private(set) var isUnauthenticated = false
    /// Whether the caller needs `sudo` besides the operation's capability.
    package private(set) var needsSudo = false
    /// Whether the handlers may ask other paths of the vault in the caller's name.
    package private(set) var asksVault = false
    /// Whether any living token is let in, since the paths that the handlers ask decide what it may.
    package private(set) var isDelegating = false
    /// Says whether the path exists; without it a write is an update.
    package private(set) var existence: Existence?
    /// The members that bodies may have; `nil` when the route takes any.
    package private(set) var fields: [String]?
    /// The members that writes may have in their query as well.
    package private(set) var queryFields: [String] = []
    /// Whether deletions may have a body as writes have.
    package private(set) var readsBodyOfDeletions = false
    /// The handlers.
    package private(set) var handlers: [Operation: Handler] = [:]

    /// Makes a route without handlers.
    package init(_ pattern: String, _ summary: String) {
        self.pattern = pattern
        self.summary = summary
        template = PathTemplate(pattern)
    }

    /// Adds a handler over a transaction for operations.
    package func on(_ operations: Operation..., serve: @escaping Transactional) -> Route {
        var route = self
        for operation in operations { route.handlers[operation] = .transactional(serve) }
        return route
    }

    /// Adds a handler that acts on the server for operations.
    package func control(_ operations: Operation..., serve: @escaping Control) -> Route {
        var route = self
        for operation in operations { route.handlers[operation] = .control(serve) }
        return route
    }

    /// Adds a handler that acts on the server once its answer is recorded.
    package func staged(_ operations: Operation..., serve: @escaping Staged) -> Route {
        var route = self
        for operation in operations { route.handlers[operation] = .staged(serve) }
        return route
    }

    /// Names the members that bodies may have; callers are warned of others.
    package func taking(_ fields: [String]) -> Route {
        var route = self
        route.fields = fields
        return route
    }

    /// Names members that writes may have in their query in place of the body; a name without a value says yes.
    package func takingFromQuery(_ fields: [String]) -> Route {
        var route = self
        route.queryFields = fields
        return route
    }

    /// Reads the body of deletions, as that of writes, beside their query.
    package func takingBodyOfDeletions() -> Route {
        var route = self
        route.readsBodyOfDeletions = true
        return route
    }

    /// Serves the path without any token.
    package func unauthenticated() -> Route {
        var route = self
        route.isUnauthenticated = true
        return route
    }

    /// Asks for `sudo` besides the operation's capability.
    package func sudo() -> Route {
        var route = self
        route.needsSudo = true
        return route
    }

    /// Lets the handlers ask other paths of the vault in the caller's name; see `VaultAccess`.
    package func asking() -> Route {
        var route = self
        route.asksVault = true
        return route
    }

    /// Lets any living token in: the handlers do nothing but ask other paths in the caller's name, so that the policies
    /// for those paths decide. Not for a route that reads or writes records of its own.
    package func delegating() -> Route {
        var route = asking()
        route.isDelegating = true
        return route
    }

    /// Decides between create and update by whether the path exists.
    package func exists(_ check: @escaping Existence) -> Route {
        var route = self
        route.existence = check
        return route
    }

    /// The handler for an operation; a creation is an update where nothing else is said.
    package func handler(for operation: Operation) -> Handler? {
        handlers[operation] ?? (operation == .create ? handlers[.update] : nil)
    }

    /// The members of a body that the route has no use for, sorted by their bytes.
    package func unknownFields(of input: Input) -> [String] {
        guard let fields else { return [] }
        let known = fields + template.names
        return names(of: input) { name in !known.contains { $0.utf8.elementsEqual(name.utf8) } }
    }

    /// The members of a body whose place the path takes, sorted by their bytes.
    package func fieldsOfThePath(in input: Input) -> [String] {
        guard fields != nil else { return [] }
        return names(of: input) { name in template.names.contains { $0.utf8.elementsEqual(name.utf8) } }
    }

    private func names(of input: Input, where isMeant: (String) -> Bool) -> [String] {
        input.members.members.map(\.name).filter(isMeant).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}
