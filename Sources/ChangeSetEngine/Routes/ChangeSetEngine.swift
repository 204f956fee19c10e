package import EngineKit

/// Change sets: changes of secrets, configuration, flags, segments and policies that are proposed, looked at, approved
/// and applied together, in one commit, and taken back together.
///
/// The engine owns no secret and no setting: it asks the paths that do, in the caller's name, within one transaction.
/// So a change set can do nothing that its author and whoever applies it could not do one by one, and a crash leaves
/// all of it or nothing.
package struct ChangeSetEngine: Engine {
    /// Makes the engine.
    package init() {}

    /// The routes.
    package var routes: RouteTable { RouteTable(Self.proposing + Self.deciding + Self.ruling) }

    private static let proposing = [
        Route("changesets", "Changes that belong together.").taking(["message", "items", "reason"]).asking()
            .on(.list, serve: list).on(.update, serve: propose),
        Route("changesets/:id", "A change set: what it changes, what is in its way, who agrees.")
            .taking(["message", "items", "reason"]).asking()
            .on(.read, serve: read).on(.patch, serve: edit).on(.delete, serve: withdraw),
    ]

    private static let deciding = [
        Route("changesets/:id/approve", "Agree to a change set of somebody else.").taking(["reason"]).asking()
            .on(.update, serve: approve),
        Route("changesets/:id/reject", "Refuse a change set.").taking(["reason"]).asking().on(.update, serve: reject),
        Route("changesets/:id/schedule", "Have an approved change set applied at a time.").taking(["at", "reason"])
            .asking().on(.update, serve: schedule),
        Route("changesets/:id/apply", "Apply a change set: all of it, or nothing.").taking(["reason"]).asking()
            .on(.update, serve: apply),
        Route("changesets/:id/rollback", "Take an applied change set back: all of it, or nothing.")
            .taking(["reason", "force"]).asking().on(.update, serve: rollBack),
    ]

    private static let ruling = [
        Route("approval-rules", "The rules that say who must agree to changes of which paths.")
            .on(.list, serve: listRules),
        Route("approval-rules/:name", "How many people, with which policies, must agree to changes of some paths.")
            .taking(["paths", "approvals", "roles"]).asking()
            .exists { request, transaction throws(EngineError) in
                let scope = ChangeSetScope(request, transaction)
                return try scope.rule(scope.name("name")) != nil
            }
            .on(.read, serve: readRule).on(.update, serve: writeRule).on(.delete, serve: deleteRule),
    ]
}
