internal import Notation
internal import VaultClient

/// An answer as names and values.
enum SecretTable {
    /// The rows of an answer: token, wrapping, lease, then data.
    ///
    /// - Parameter secret: the answer.
    /// - Returns: names and values.
    static func rows(_ secret: Secret) -> [(String, String)] {
        var result: [(String, String)] = []
        if let auth = secret.auth { result += authRows(auth).map { ($0.0, cell($0)) } }
        if let wrapInfo = secret.wrapInfo { result += wrapRows(wrapInfo).map { ($0.0 + ":", cell($0)) } }
        if !secret.leaseID.isEmpty {
            result.append(("lease_id", secret.leaseID))
            result.append(("lease_duration", span(secret.leaseDuration)))
            result.append(("lease_renewable", secret.isRenewable ? "true" : "false"))
        } else if secret.leaseDuration > 0 {
            result.append(("refresh_interval", span(secret.leaseDuration)))
        }
        if let data = secret.data.objectValue { result += rows(data) }
        return result
    }

    /// The rows of an object, in the order of its names' bytes; spans of time are shown with units.
    ///
    /// - Parameter object: the object.
    /// - Returns: names and values.
    static func rows(_ object: JSONObject) -> [(String, String)] {
        object.members.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }.map { member in
            if isSpan(member.name), let seconds = member.value.intValue { return (member.name, span(seconds)) }
            return (member.name, CellText.cell(member.value))
        }
    }

    /// A field of an answer, under the names of its rows; spans of time are seconds, as scripts count them.
    ///
    /// - Parameters:
    ///   - name: the field's name.
    ///   - secret: the answer.
    /// - Returns: its value, or `nil` when there is none; null is none, so that no script keeps it for a value.
    static func field(_ name: String, of secret: Secret) -> JSON? {
        guard let value = value(name, of: secret), !value.isNull else { return Optional.none }
        return value
    }

    private static func value(_ name: String, of secret: Secret) -> JSON? {
        var rows: [(String, JSON)] = []
        if let auth = secret.auth { rows += authRows(auth) }
        if let wrapInfo = secret.wrapInfo { rows += wrapRows(wrapInfo) }
        if let row = rows.first(where: { $0.0.utf8.elementsEqual(name.utf8) }) { return row.1 }
        if let value = secret.data[name] { return value }
        switch name {
        case "lease_id": return secret.leaseID.isEmpty ? nil : .string(secret.leaseID)
        case "lease_duration", "refresh_interval":
            return secret.leaseDuration == 0 ? nil : .integer(secret.leaseDuration)
        default: return nil
        }
    }

    private static func authRows(_ auth: JSON) -> [(String, JSON)] {
        var result: [(String, JSON)] = [
            ("token", auth["client_token"] ?? ""),
            ("token_accessor", auth["accessor"] ?? ""),
            ("token_duration", .integer(auth["lease_duration"]?.intValue ?? 0)),
            ("token_renewable", auth["renewable"] ?? false),
            ("token_policies", list(auth["token_policies"])),
            ("identity_policies", list(auth["identity_policies"])),
            ("policies", list(auth["policies"])),
        ]
        let metadata = auth["metadata"]?.objectValue?.members ?? []
        for member in metadata.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) {
            result.append(("token_meta_" + member.name, member.value))
        }
        return result
    }

    private static func wrapRows(_ wrapInfo: JSON) -> [(String, JSON)] {
        var result: [(String, JSON)] = [
            ("wrapping_token", wrapInfo["token"] ?? ""),
            ("wrapping_accessor", wrapInfo["accessor"] ?? ""),
            ("wrapping_token_ttl", .integer(wrapInfo["ttl"]?.intValue ?? 0)),
            ("wrapping_token_creation_time", wrapInfo["creation_time"] ?? ""),
            ("wrapping_token_creation_path", wrapInfo["creation_path"] ?? ""),
        ]
        if let accessor = wrapInfo["wrapped_accessor"], accessor.stringValue != "" {
            result.append(("wrapped_accessor", accessor))
        }
        return result
    }

    /// The cell of a token's or a wrapping's row.
    private static func cell(_ row: (name: String, value: JSON)) -> String {
        guard isSpan(row.name), let seconds = row.value.intValue else { return CellText.cell(row.value) }
        // A token without an end is the root token's privilege.
        return seconds == 0 && row.name.utf8.elementsEqual("token_duration".utf8) ? "∞" : span(seconds)
    }

    private static func list(_ value: JSON?) -> JSON {
        .array(value?.arrayValue ?? [])
    }

    private static func span(_ seconds: Int) -> String {
        GoDuration(seconds: seconds).humanText
    }

    private static func isSpan(_ name: String) -> Bool {
        ["ttl", "period", "duration", "lease_max", "ttl_max"].contains { suffix in
            name.utf8.elementsEqual(suffix.utf8) || name.utf8.reversed().starts(with: ("_" + suffix).utf8.reversed())
        }
    }
}
