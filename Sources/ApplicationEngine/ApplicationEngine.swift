package import EngineKit

/// The endpoints for administrators and applications, `/api/v1/…`: configuration and flags in words of their own.
///
/// It keeps no records. Its handlers ask the ordinary paths of `config/` and `flags/` in the caller's name, within one
/// transaction, so that the policies for those paths decide, and what several paths write is one commit.
package enum ApplicationEngine {
    /// The routes, for the table of the mount that they stand in.
    package static let all = configuration + flags + serving

    private static let configuration = [
        Route("api/admin/config/:key", "A value of configuration, with what its key is.")
            .delegating().on(.read, serve: readConfiguration),
        Route("api/admin/config/:key/update", "Write a value, and declare its key where nobody has.")
            .delegating().on(.update, serve: updateConfiguration),
        Route("api/admin/config/:key/history", "Who changed a value, when and why.")
            .delegating().on(.read, serve: readConfigurationHistory),
        Route("api/admin/config/:key/rollback", "Have an earlier version of a value again.")
            .delegating().on(.update, serve: rollBackConfiguration),
    ]

    private static let flags = [
        Route("api/admin/featureflags", "The feature flags.").delegating().on(.read, serve: listFlags),
        Route("api/admin/featureflags/create", "Make a feature flag.").delegating().on(.update, serve: createFlag),
        Route("api/admin/featureflags/:name/status", "A feature flag, and how it behaves in an environment.")
            .delegating().on(.read, serve: readFlag),
        Route("api/admin/featureflags/:name/toggle", "Switch a feature flag on or off.")
            .delegating().on(.update, serve: toggleFlag),
        Route("api/admin/featureflags/:name/rules", "Say who gets a feature.")
            .delegating().on(.update, serve: writeFlagRules),
        Route("api/admin/featureflags/:name/history", "Who changed how a feature flag behaves, when and why.")
            .delegating().on(.read, serve: readFlagHistory),
    ]

    private static let serving = [
        Route("api/featureflags/:name/evaluate", "What someone gets of a feature flag.")
            .delegating().on(.evaluate, serve: evaluateFlag),
        Route("api/app/config", "What an application is served: its configuration, and the flags for clients.")
            .delegating().on(.read, serve: readApplication),
    ]
}
