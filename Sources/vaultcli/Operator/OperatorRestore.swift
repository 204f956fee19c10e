internal import ArgumentParser
internal import Glibc
internal import Storage

/// `operator restore`: all data, from a file, while the server is stopped.
struct OperatorRestore: LocalCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Replace the database of a stopped server by a backup.",
        discussion: """
            This works on the database file itself, on the server's machine and as the server's user. The server must \
            be stopped: there is no request that replaces the data of a running one. The backup is checked first, and \
            the database is replaced in one step or not at all.

            Everything written since the backup is lost; what was revoked since then is valid again. The key shares of \
            the time of the backup are needed to unseal the server afterwards.

              $ systemctl stop pulsevault
              $ sudo -u pulsevault vaultcli operator restore -database=/var/lib/pulsevault/vault.db \\
                  /var/backups/vault.backup
            """)

    @Option(
        name: .flag("database"), help: "The database file: the path of the server's storage.", completion: .file())
    private var database: String
    @Argument(help: "The backup to read.", completion: .file()) private var file: String

    func run(in surroundings: Surroundings) async throws(Failure) {
        _ = try LocalFile.size(of: file)
        try requireOwner(of: database)
        do throws(SQLiteOpenError) {
            _ = try await SQLiteStore.restore(from: file, to: database)
        } catch .inUse {
            throw .usage("Error restoring the backup: \(database) is in use; stop the server first")
        } catch {
            throw .usage("Error restoring the backup: \(error)")
        }
        surroundings.console.write(.output, "Success! Restored \(file) to \(database)\n")
    }

    /// The new database belongs to whoever makes it, and the server can use only its own.
    private func requireOwner(of path: String) throws(Failure) {
        var status = stat()
        // The structure is the one the call fills. A database that is not there yet has no owner.
        guard unsafe stat(path, &status) == 0, status.st_uid != geteuid() else { return }
        throw .usage("\(path) belongs to another user; run this command as that user")
    }
}
