internal import ArgumentParser
internal import Notation

/// `audit verify`: whether audit files are what the server wrote.
struct AuditVerify: LocalCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check that audit files are what the server wrote.",
        discussion: """
            Each record builds on the one before it, and checkpoints in between are signed. A record that was changed, \
            taken out, added or moved shows with its file and line. Nothing is sent anywhere. Files of one device that \
            were moved away one after the other are given in that order, oldest first, and checked as one.

            Without -public-key the signatures are checked against the key in the files, which somebody who replaces \
            whole files can replace too. Note the key that this command shows for a device's first file, and keep it \
            elsewhere. Records that were cut off at the end of the last file do not show before the next checkpoint.

            The exit status is 0 when the files are whole, 2 when they are not, and 1 when a file cannot be read.

              $ vaultcli audit verify /var/log/pulsevault/audit.log.1 /var/log/pulsevault/audit.log
            """)

    @Option(name: .flag("public-key"), help: "The key that must have signed the checkpoints: 64 hexadecimal digits.")
    private var publicKey: String?
    @Option(
        name: .flag("format"), help: "table, json or yaml. [VAULT_FORMAT]",
        completion: .list(["table", "json", "yaml"]))
    private var format: String?
    @Argument(help: "Files, oldest first.", completion: .file()) private var files: [String]

    func run(in surroundings: Surroundings) throws(Failure) {
        let format = try OutputFormat(named: format ?? surroundings.environment["FORMAT"] ?? "table")
        guard format != .raw else { throw .usage("This command does not support the -format=raw option.") }
        var check = AuditFileCheck(publicKey: try expectedKey())
        for file in files { try check.check(file) }
        let output =
            switch format {
            case .table, .raw: table(check)
            case .json: String(decoding: check.json(keyIsGiven: publicKey != nil).prettySerialized(), as: UTF8.self)
            case .yaml: YAML.text(check.json(keyIsGiven: publicKey != nil))
            }
        surroundings.console.write(.output, output + "\n")
        guard let fault = check.fault else { return }
        throw .server(
            format == .table ? CellText.printable("\(fault.path): line \(fault.line): \(fault.reason)") : "")
    }

    private func expectedKey() throws(Failure) -> [UInt8]? {
        guard let publicKey else { return nil }
        guard let key = Hexadecimal.decode(publicKey), key.count == 32 else {
            throw .usage("-public-key must be 64 hexadecimal digits")
        }
        return key
    }

    private func table(_ check: AuditFileCheck) -> String {
        let rows = check.files.map { [$0.path, String($0.entries), String($0.checkpoints)] }
        var lines: [String] = []
        if let range = check.range {
            let extent = "records \(range.lowerBound) to \(range.upperBound)"
            lines.append(check.fault == nil ? "The chain is whole: \(extent)." : "Good before the fault: \(extent).")
        } else if check.fault == nil {
            lines.append("There are no records.")
        }
        if check.unsignedEntries > 0 {
            lines.append(
                "Entries after the last checkpoint, which no signature vouches for yet: \(check.unsignedEntries)")
        }
        if check.range != nil, let key = check.publicKey {
            lines.append(
                publicKey != nil
                    ? "Signatures were checked against the given key."
                    : "Signatures were checked only against the key in the files: \(Hexadecimal.encode(key))")
        }
        let counts = Table.columns([["File", "Entries", "Checkpoints"]] + rows)
        return lines.isEmpty ? counts : counts + "\n\n" + lines.joined(separator: "\n")
    }
}
