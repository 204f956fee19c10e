import EngineKit
import Notation

/// Somebody's address that the exposures of a mount are sent to.
struct Webhook: Sendable {
    /// What tells apart this webhook and another one that had the same name before: the first part of the identifiers
    /// of its messages.
    let id: String
    /// The name within the mount.
    let name: String
    /// Where messages are sent to.
    var url: String
    /// The environments whose exposures are sent; all when empty.
    var environments: [String]
    /// The flags whose exposures are sent, by their keys; all when empty.
    var flags: [String]
    /// Whether anything is sent. What happens while it is off is not sent later.
    var isEnabled: Bool
    /// What it is for.
    var description: String
    /// The key of the messages' signatures, 24 to 64 bytes.
    var secret: [UInt8]

    /// What stands before a secret in its text form.
    static let secretPrefix = "whsec_"

    /// Whether exposures of a flag in an environment are sent.
    func takes(_ series: AssignmentSeries) -> Bool {
        func isAmong(_ names: [String], _ name: [UInt8]) -> Bool {
            names.isEmpty || names.contains { $0.utf8.elementsEqual(name) }
        }
        return isEnabled && isAmong(environments, series.environment) && isAmong(flags, series.flag)
    }

    /// The secret as receivers' libraries take it (Standard Webhooks, "Signature scheme").
    var secretText: String { Self.secretPrefix + Base64.encode(secret) }

    /// Reads a secret's text; `nil` when it is none.
    static func secret(parsing text: String) -> [UInt8]? {
        guard text.utf8.starts(with: secretPrefix.utf8),
            let bytes = Base64.decode(String(decoding: text.utf8.dropFirst(secretPrefix.utf8.count), as: UTF8.self)),
            (24...64).contains(bytes.count)
        else { return nil }
        return bytes
    }
}

// MARK: as JSON

extension Webhook {
    /// The webhook as answers show it: without its secret.
    var data: JSONObject {
        [
            "name": .string(name), "url": .string(url), "environments": .strings(environments),
            "flags": .strings(flags), "enabled": .bool(isEnabled), "description": .string(description),
        ]
    }

    /// The record's JSON.
    var json: JSON {
        .object(data.joined(with: ["id": .string(id), "secret": .string(secretText)]))
    }

    /// Reads a record's JSON back; `nil` when it is damaged.
    init?(_ json: JSON) {
        guard let id = json["id"]?.stringValue, let name = json["name"]?.stringValue,
            let url = json["url"]?.stringValue, let isEnabled = json["enabled"]?.boolValue,
            let secret = json["secret"]?.stringValue.flatMap(Self.secret(parsing:))
        else { return nil }
        func texts(_ member: String) -> [String] { (json[member]?.arrayValue ?? []).compactMap(\.stringValue) }
        self.init(
            id: id, name: name, url: url, environments: texts("environments"), flags: texts("flags"),
            isEnabled: isEnabled, description: json["description"]?.stringValue ?? "", secret: secret)
    }
}
