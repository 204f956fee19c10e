package import EngineKit

/// Key-value secrets with versions (Vault's KV version 2).
///
/// Beyond Vault it rolls back, compares, copies, moves and removes whole folders, each as one commit. Routes that reach
/// values or secrets that older policies protect by other paths ask for `sudo` besides their capability, so that a
/// policy written for Vault's routes never grants them by accident.
package struct VersionedKeyValueEngine: Engine {
    /// Makes the engine.
    package init() {}

    /// The routes.
    package var routes: RouteTable {
        RouteTable(Self.vaultRoutes + Self.ownRoutes + Self.servingRoutes + [Self.elsewhere])
    }

    /// The first segments of all routes.
    static let areas = [
        "config", "data", "metadata", "delete", "undelete", "destroy", "subkeys", "detailed-metadata", "rollback",
        "diff", "data-diff", "copy", "move", "delete-tree", "serving", "outcomes",
    ]

    private static let vaultRoutes = [
        Route("config", "Settings that hold for all secrets of the mount.")
            .on(.read, serve: readConfiguration).on(.update, serve: writeConfiguration),
        Route("data/*path", "The values of a secret: write a version, read one, patch or delete the current one.")
            .exists(secretExists).taking(["data", "options", "version"])
            .on(.read, serve: readData).on(.update, serve: writeData).on(.patch, serve: patchData)
            .on(.delete, serve: deleteCurrent),
        Route("metadata/*path", "Versions and settings of a secret; deleting them removes the secret for good.")
            .exists(secretExists)
            .on(.read, serve: readMetadata).on(.update, serve: writeMetadata).on(.patch, serve: patchMetadata)
            .on(.delete, serve: deleteSecret).on(.list, .scan, serve: listSecrets),
        Route("delete/*path", "Delete versions of a secret; they can be taken back.")
            .on(.update, serve: deleteVersions),
        Route("undelete/*path", "Take deleted versions of a secret back.").on(.update, serve: undeleteVersions),
        Route("destroy/*path", "Remove the values of versions for good.").on(.update, serve: destroyVersions),
        Route("subkeys/*path", "The keys of a secret without their values.").on(.read, serve: readSubkeys),
        Route("detailed-metadata/*path", "The secrets of a folder with their metadata.")
            .on(.list, .scan, serve: listDetailed),
    ]

    private static let ownRoutes = [
        Route("rollback/*path", "Write an earlier version of a secret again, as a new version.")
            .taking(["version", "cas", "options"]).on(.update, serve: rollBack),
        Route("diff/*path", "Which keys differ between two versions of a secret.").on(.read, serve: compareKeys),
        Route("data-diff/*path", "Which keys differ between two versions of a secret, with their values.")
            .sudo().on(.read, serve: compareValues),
        Route("copy/*path", "Copy a secret with all of its versions to another path of the mount.")
            .sudo().taking(["to", "overwrite", "cas", "options"]).on(.update, serve: copySecret),
        Route("move/*path", "Move a secret with all of its versions to another path of the mount.")
            .sudo().taking(["to", "overwrite", "cas", "options"]).on(.update, serve: moveSecret),
        Route("delete-tree/*path", "Remove all secrets of a folder for good; by default only tell which.")
            .sudo().taking(["dry_run", "limit"]).on(.update, serve: deleteTree),
    ]

    private static let elsewhere = Route("*path", "Paths that a versioned mount does not have.")
        .on(.read, .update, .patch, .delete, .list, .scan, serve: explainInvalidPath)

    /// A secret exists when its metadata does, even with all versions deleted.
    private static func secretExists(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> Bool {
        guard let secret = SecretAddress(request) else { return false }
        return try transaction.get(secret.metadataKey) != nil
    }
}
