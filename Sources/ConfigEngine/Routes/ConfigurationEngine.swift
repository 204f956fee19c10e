package import EngineKit

/// Configuration: what keys are, what each layer says of them, and what a service is served of it all.
///
/// The layer comes before the key in every path, so that policies follow prefixes. Keys and values keep their versions.
/// Effective documents are made of a picture of the mount, which is kept in memory and renewed from its log of changes.
package struct ConfigurationEngine: Engine {
    /// The pictures of all mounts.
    let pictures = Pictures()

    /// Makes the engine.
    package init() {}

    /// The routes.
    package var routes: RouteTable {
        RouteTable(describing + valuing + serving + pinning + instances + rollingOut + overriding)
    }

    private var describing: [Route] {
        [
            Route("config", "How keys of the mount are named, and what must be said about them.")
                .taking(["naming_pattern", "required_fields", "allow_undeclared"])
                .on(.read, serve: Self.readSettings).on(.update, serve: Self.writeSettings),
            Route("keys", "The keys, with what they are.").on(.list, serve: listKeys),
            Route("keys/:key", "What a key is: its type, its schema, its owner, its purpose.")
                .exists { request, transaction throws(EngineError) in
                    let scope = ConfigScope(request, transaction)
                    return try scope.definition(scope.name("key")) != nil
                }
                .asking().on(.read, serve: Self.readKey).on(.update, serve: writeKey).on(.patch, serve: patchKey)
                .on(.delete, serve: deleteKey),
            Route("history/keys/:key", "Who changed what a key is, when and why.")
                .on(.read, serve: Self.readKeyHistory),
        ]
    }

    /// The paths of the layers.
    private static let layers = [
        "global", "env/:env", "service/:svc", "service/:svc/env/:env", "instance/:svc/:id",
    ]

    private var valuing: [Route] {
        Self.layers.flatMap { layer in
            [
                Route("data/\(layer)", "The keys that a layer says something of.").on(.list, serve: listData),
                Route("data/\(layer)/:key", "What a layer says of a key.")
                    .taking(["value", "unset", "key", "options", "cas", "reason"]).exists(Self.hasValue).asking()
                    .on(.read, serve: readData).on(.update, serve: writeData).on(.patch, serve: patchData)
                    .on(.delete, serve: deleteData).takingBodyOfDeletions(),
                Route("reveal/\(layer)/:key", "The value of a key, of a sensitive one too.")
                    .on(.update, serve: reveal),
                Route("reach/\(layer)", "Which services and instances see a layer.").on(.read, serve: readReach),
                Route("history/\(layer)/:key", "Who changed a value, when and why.")
                    .on(.read, serve: Self.readHistory),
                Route("diff/\(layer)/:key", "What differs between two versions of a value.")
                    .on(.read, serve: Self.compare),
                Route("rollback/\(layer)/:key", "Have a layer say again what it said before.")
                    .taking(["version", "reason", "options", "cas"]).asking().on(.update, serve: rollBackData),
            ]
        }
    }

    private static let hasValue: Route.Existence = { request, transaction throws(EngineError) in
        let scope = ConfigScope(request, transaction)
        let path = try scope.layer().place(of: try scope.name("key"))
        return try scope.documents.current(.entry, path).map { !$0.isDeleted } ?? false
    }

    private var serving: [Route] {
        [
            Route("effective/:svc", "What a service is served of all layers.").asking().on(.read, serve: readEffective),
            Route("references", "Which values refer to a secret.").on(.read, serve: readReferences),
            Route("watch/:svc", "The changes of what a service is served, as they happen.").on(.read, serve: watch),
        ]
    }

    private var pinning: [Route] {
        [
            Route("snapshots", "The revisions that have a name.").on(.list, serve: Self.listSnapshots),
            Route("snapshots/:name", "A revision with a name.").taking(["revision", "reason"])
                .on(.read, serve: Self.readSnapshot).on(.update, serve: Self.writeSnapshot)
                .on(.delete, serve: Self.deleteSnapshot),
            Route("pins", "The services that are served an earlier revision.").on(.list, serve: Self.listPins),
            Route("pins/:svc", "The revision that a service is served.").taking([
                "snapshot", "revision", "env", "reason",
            ])
            .on(.read, serve: Self.readPin).on(.update, serve: Self.writePin).on(.delete, serve: Self.deletePin),
        ]
    }

    private var instances: [Route] {
        [
            Route("instances", "The services that have instances.").on(.list, serve: Self.listInstanceServices),
            Route("instances/:svc", "The instances of a service, and whether they have what they should.")
                .on(.list, serve: listInstances),
            Route("instances/:svc/:id", "What an instance says of itself.")
                .on(.read, serve: readInstance).on(.update, serve: reportInstance)
                .on(.delete, serve: Self.deleteInstance),
        ]
    }

    private var rollingOut: [Route] {
        [
            Route("rollouts", "The changes that reach instances step by step.").on(.list, serve: Self.listRollouts),
            Route("rollouts/:id", "A change that reaches instances step by step.")
                .taking(["layer", "changes", "steps", "reason"]).asking()
                .on(.read, serve: readRollout).on(.update, serve: startRollout).on(.delete, serve: deleteRollout),
            Route("rollouts/:id/advance", "Go to the next step at once.").taking(["reason"]).asking()
                .on(.update, serve: advanceRollout),
            Route("rollouts/:id/pause", "Stop a rollout where it is.").taking(["reason"])
                .on(.update, serve: pauseRollout),
            Route("rollouts/:id/resume", "Let a rollout go on.").taking(["reason"]).on(.update, serve: resumeRollout),
            Route("rollouts/:id/abort", "Take a change back.").taking(["reason"]).on(.update, serve: abortRollout),
        ]
    }
}
