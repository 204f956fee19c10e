internal import Notation
internal import VaultClient

extension Session {
    /// Prints a line on standard output, in every format.
    ///
    /// - Parameter text: the line, without its line feed.
    func print(_ text: String) {
        surroundings.console.write(.output, text + "\n")
    }

    /// Prints a remark on standard error.
    ///
    /// - Parameter text: the remark, without its line feed.
    func note(_ text: String) {
        surroundings.console.write(.error, text + "\n")
    }

    /// Prints what was done, for people only: machine formats carry data alone.
    ///
    /// - Parameter text: for example `Success! Enabled the kv secrets engine at: kv/`.
    func confirm(_ text: String) {
        if settings.format == .table { print(text) }
    }

    /// Prints the server's remarks on standard error.
    ///
    /// - Parameter warnings: the remarks.
    func warn(_ warnings: [String]) {
        guard !warnings.isEmpty else { return }
        let lines = warnings.map { "  * \($0)\n" }.joined()
        note("WARNING! The following warnings were returned from the server:\n\n\(lines)")
    }

    /// Prints a value in the format asked for, or its one field.
    ///
    /// - Parameters:
    ///   - value: what is printed in JSON and YAML.
    ///   - table: makes the table.
    /// - Throws: ``Failure`` with status 1 when the field is missing.
    func show(_ value: JSON, table: () -> String) throws(Failure) {
        if let field = settings.field {
            guard let value = value[field], !value.isNull else {
                throw .usage("Field \"\(field)\" not present in the answer")
            }
            return showField(value)
        }
        switch settings.format {
        case .table: print(table())
        case .yaml: print(YAML.text(value))
        case .json, .raw: print(String(decoding: value.prettySerialized(), as: UTF8.self))
        }
    }

    /// Prints an answer, or its one field.
    ///
    /// - Parameter secret: the answer.
    /// - Throws: ``Failure`` with status 1 when the field is missing.
    func show(_ secret: Secret) throws(Failure) {
        if settings.format == .table || settings.field != nil { warn(secret.warnings) }
        if let field = settings.field {
            guard let value = SecretTable.field(field, of: secret) else {
                throw .usage("Field \"\(field)\" not present in secret")
            }
            return showField(value)
        }
        let rows = SecretTable.rows(secret)
        if settings.format == .table, rows.isEmpty { return }
        try show(secret.json) { Table.keyed(rows) }
    }

    /// Prints one value: a text as it is, anything else as JSON; without a line feed when piped.
    ///
    /// - Parameter value: the value.
    func showField(_ value: JSON) {
        let text =
            settings.format == .table ? CellText.field(value) : String(decoding: value.serialized(), as: UTF8.self)
        let end = surroundings.console.isTerminal(.output) ? "\n" : ""
        surroundings.console.write(.output, text + end)
    }

    /// Prints names, one a line under a heading, or as an array.
    ///
    /// - Parameters:
    ///   - names: the names.
    ///   - heading: the heading; `nil` prints none.
    /// - Throws: ``Failure`` with status 1 when a field was asked for, which a list does not have.
    func show(names: [String], heading: String?) throws(Failure) {
        try show(.strings(names)) {
            guard let heading else { return names.map(CellText.printable).joined(separator: "\n") }
            return Table.columns([[heading]] + names.map { [$0] })
        }
    }

    /// Reads an answer's envelope.
    ///
    /// - Parameter response: the answer.
    /// - Returns: the envelope.
    /// - Throws: ``Failure`` with status 2 when the answer is not JSON.
    func secret(_ response: VaultResponse) throws(Failure) -> Secret {
        do {
            return try Secret(response)
        } catch {
            throw Failure(error, during: "Error reading the answer")
        }
    }

    /// Reads an answer without an envelope, or the data of one with it.
    ///
    /// - Parameter response: the answer.
    /// - Returns: the value of `data` when there is one, else the whole body.
    /// - Throws: ``Failure`` with status 2 when the answer is not JSON.
    func data(_ response: VaultResponse) throws(Failure) -> JSON {
        let secret = try secret(response)
        if secret.data.objectValue != nil, !secret.requestID.isEmpty { return secret.data }
        do {
            return try response.json()
        } catch {
            throw Failure(error, during: "Error reading the answer")
        }
    }
}
