internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `operator backup`: all data, in a file.
struct OperatorBackup: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Save all data of the server in a file.",
        discussion: """
            The file is encrypted as the server's storage is: it is worthless without key shares. It is readable by \
            you alone, and appears under its name only when it is complete. Reading and writing go on meanwhile.
            The token needs read and sudo on sys/storage/backup.

              $ vaultcli operator backup /var/backups/vault.backup
            """)

    @Argument(help: "File to write.", completion: .file()) private var file: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let request = VaultRequest(.get, "sys/storage/backup")
        try session.printInstead(request)
        let backup = try PrivateFile(replacing: file)
        do throws(VaultError) {
            _ = try await session.vault.download(request) { part throws(VaultError) in
                try Self.keep(part, in: backup)
            }
        } catch {
            throw Failure(error, during: "Error saving the backup")
        }
        try backup.commit()
        session.confirm("Success! Backup saved in \(file)")
    }

    private static func keep(_ part: [UInt8], in backup: PrivateFile) throws(VaultError) {
        do throws(Failure) {
            try backup.append(part)
        } catch {
            throw VaultError(.local, error.message)
        }
    }
}
