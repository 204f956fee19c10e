package import EngineKit

/// Feature flags: what they are, how they behave in each environment, and what someone gets.
///
/// Environments come before flags in every path, so that policies follow prefixes. Definitions, states and segments
/// keep their versions. Evaluation reads compiled flags, which the engine keeps for each environment and renews from
/// the mount's log of changes.
package struct FeatureFlagEngine: Engine {
    /// The compiled flags of all mounts.
    let sets = FlagSets()
    /// What evaluations leave behind.
    package let recorder = EvaluationRecorder()
    /// Whether messages may go to webhooks without TLS.
    let allowsPlainWebhooks: Bool

    /// Makes the engine.
    ///
    /// - Parameter allowsPlainWebhooks: whether the server's configuration names networks to which messages may go
    ///   without TLS.
    package init(allowsPlainWebhooks: Bool = false) { self.allowsPlainWebhooks = allowsPlainWebhooks }

    /// The routes.
    package var routes: RouteTable {
        RouteTable(
            describing + behaving + switching + overriding + evaluating + rollingOut + recording + sendingAway
                + Self.listening)
    }

    private var describing: [Route] {
        [
            Route("config", "How flags of the mount are named, and what must be said about them.")
                .taking(["naming_pattern", "required_fields"])
                .on(.read, serve: Self.readSettings).on(.update, serve: Self.writeSettings),
            Route("environments", "The environments in their order.").on(.list, serve: Self.listEnvironments),
            Route("environments/:env", "An environment: its type, its place, whether it is protected.")
                .exists { request, transaction throws(EngineError) in
                    let scope = FlagScope(request, transaction)
                    return try Environments(scope).find(scope.name("env")) != nil
                }
                .on(.read, serve: Self.readEnvironment).on(.update, serve: Self.writeEnvironment)
                .on(.delete, serve: Self.deleteEnvironment),
            Route("definitions", "The flags.").on(.list, serve: Self.listDefinitions),
            Route("definitions/:flag", "What a flag is: its type, its variations, its owner, its purpose.")
                .exists(Self.exists(.definition) { scope throws(EngineError) in try scope.name("flag") })
                .on(.read, serve: Self.readDefinition).on(.update, serve: writeDefinition)
                .on(.patch, serve: patchDefinition).on(.delete, serve: deleteDefinition),
            Route("history/:flag", "Who changed what a flag is, when and why.")
                .on(.read, serve: Self.readDefinitionHistory),
            Route("references/:flag", "Where source code names a flag.").taking(["references", "repository"])
                .on(.read, serve: Self.readReferences).on(.update, serve: Self.writeReferences),
            Route("revive/:flag", "Take an archived flag back into use.").on(.update, serve: unarchiveDefinition),
        ]
    }

    private var behaving: [Route] {
        [
            Route("states/:env", "The flags that have a state in an environment.").on(.list, serve: Self.listStates),
            Route("states/:env/:flag", "How a flag behaves in an environment.")
                .exists(Self.exists(.state) { scope throws(EngineError) in try scope.documentPath("flag") })
                .on(.read, serve: Self.readState).on(.update, serve: writeState).on(.patch, serve: patchState)
                .on(.delete, serve: deleteState),
            Route("history/:env/:flag", "Who changed how a flag behaves, when and why.")
                .on(.read, serve: Self.readHistory),
            Route("diff/:env/:flag", "What differs between two versions of a state.")
                .on(.read, serve: Self.compareStates),
            Route("segments/:env", "The segments of an environment.").on(.list, serve: Self.listSegments),
            Route("segments/:env/:name", "A group of targets that rules refer to.")
                .exists(Self.exists(.segment) { scope throws(EngineError) in try scope.documentPath("name") })
                .on(.read, serve: Self.readSegment).on(.update, serve: Self.writeSegment)
                .on(.patch, serve: Self.patchSegment).on(.delete, serve: deleteSegment),
        ]
    }

    private var switching: [Route] {
        [
            Route("toggle/:env/:flag", "Switch a flag on or off.").taking(["on", "reason", "options", "cas"])
                .on(.update, serve: toggle),
            Route("kill/:env/:flag", "Serve everyone the off variation until the flag is revived.")
                .taking(["reason", "options", "cas"]).on(.update, serve: kill),
            Route("revive/:env/:flag", "End a kill.").taking(["reason", "options", "cas"])
                .on(.update, serve: revive),
            Route("rollback/:env/:flag", "Write an earlier version of a state again, as a new version.")
                .taking(["version", "reason", "options", "cas"]).on(.update, serve: rollBack),
            Route("promote/:from/:to/:flag", "Give a flag's state in one environment to another.")
                .taking(["dry_run", "reason", "options", "cas"]).takingFromQuery(["dry_run"])
                .on(.update, serve: promote),
        ]
    }

    private var evaluating: [Route] {
        [
            Route("evaluate/:env", "What someone gets of all flags that the token may evaluate.")
                .on(.evaluate, serve: evaluateAll),
            Route("evaluate/:env/:flag", "What someone gets of a flag, and why.").on(.evaluate, serve: evaluateOne),
            Route("replay", "Whether an evaluation of the past comes out as its receipt says.")
                .taking(["receipt", "context"]).on(.evaluate, serve: replay),
        ]
    }

    private static let listening = [
        Route("changes/:env", "The changes of an environment as they happen.").on(.read, serve: readChanges),
        Route("events/:env/:channel", "Tells clients of remote evaluation that something changed.")
            .unauthenticated().on(.read, serve: readEvents),
    ]

    private static func exists(
        _ kind: DocumentKind, _ path: @escaping @Sendable (FlagScope) throws(EngineError) -> [UInt8]
    ) -> Route.Existence {
        { request, transaction throws(EngineError) in
            let scope = FlagScope(request, transaction)
            return try scope.documents.current(kind, path(scope)).map { !$0.isDeleted } ?? false
        }
    }
}

extension FlagScope {
    /// The path of the document in an environment that the request's path names.
    func documentPath(_ capture: String) throws(EngineError) -> [UInt8] {
        Self.path(try name("env"), try name(capture))
    }
}
