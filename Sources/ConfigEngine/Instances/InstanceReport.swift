import EngineKit
import Notation

/// What an instance says of itself with each sign of life.
struct InstanceReport: Sendable {
    /// How many seconds lie between two signs of life when an instance does not say.
    static let usualInterval = 30
    /// After how many intervals without a sign of life an instance is silent.
    static let patience = 3

    /// The environment; empty for none.
    var environment: String
    /// The revision it has fetched; 0 for none.
    var revision: UInt64
    /// The digest of the values it has applied; empty when it has applied none.
    var hash: String
    /// The digest of the static values it was started with; empty when it does not say.
    var staticHash: String
    /// Whether it could apply what it fetched.
    var isApplied: Bool
    /// Whether it says that it must be started anew.
    var needsRestart: Bool
    /// What went wrong, in its words.
    var errors: [String]
    /// What it measures.
    var metrics: [(name: String, value: Double)]
    /// Seconds until its next sign of life.
    var interval: Int
    /// When it was first heard of.
    var first: Timestamp
    /// When it was last heard of.
    var last: Timestamp

    private static let members = [
        "env", "revision", "hash", "static_hash", "applied", "restart_needed", "errors", "metrics", "interval",
    ]

    /// Reads a sign of life.
    init(json: JSON, now: Timestamp, after earlier: InstanceReport?) throws(ModelError) {
        let object = try ModelObject(json, path: "", allowing: Self.members)
        environment =
            try object["env"].map { field throws(ModelError) in
                let text = try field.text(limit: 128)
                return text.utf8.isEmpty ? "" : try field.name()
            } ?? ""
        revision = UInt64(try object["revision"]?.integer(in: 0...Int.max) ?? 0)
        hash = try object.text("hash", limit: 64)
        staticHash = try object.text("static_hash", limit: 64)
        isApplied = try object.bool("applied", default: true)
        needsRestart = try object.bool("restart_needed", default: false)
        var errors: [String] = []
        for error in try object["errors"]?.elements(limit: 20) ?? [] { errors.append(try error.text(limit: 1_024)) }
        self.errors = errors
        var metrics: [(name: String, value: Double)] = []
        if let field = object["metrics"] {
            guard let members = field.json.objectValue?.members, members.count <= 100 else {
                throw field.failure("must be an object of at most 100 numbers")
            }
            for member in members {
                guard DocumentName.isValid(member.name), case .number(let text) = member.value,
                    let value = Double(text), value.isFinite
                else { throw field.failure("must be an object of names and numbers") }
                metrics.append((member.name, value))
            }
        }
        self.metrics = metrics
        interval = try object["interval"]?.integer(in: 1...86_400) ?? Self.usualInterval
        first = earlier?.first ?? now
        last = now
    }

    /// Whether it was heard of lately.
    func isLive(at now: Timestamp) -> Bool {
        now.since(last).wholeSeconds <= Int64(interval) * Int64(Self.patience)
    }

    /// The report as a document.
    var json: JSONObject {
        [
            "env": .string(environment), "revision": .integer(revision), "hash": .string(hash),
            "static_hash": .string(staticHash), "applied": .bool(isApplied), "restart_needed": .bool(needsRestart),
            "errors": .strings(errors),
            "metrics": .object(JSONObject(metrics.map { .init(name: $0.name, value: .number("\($0.value)")) })),
            "interval": .integer(interval),
        ]
    }

    /// The record.
    var encoded: [UInt8] {
        JSON.object(
            json.joined(with: ["first": .string(first.description), "last": .string(last.description)])
        ).serialized()
    }

    /// Reads a record back.
    init(decoding bytes: [UInt8]) throws(EngineError) {
        guard let json = (try? JSON(parsing: bytes, limits: .stored))?.objectValue,
            let first = json["first"]?.stringValue.flatMap({ Timestamp(parsing: $0) }),
            let last = json["last"]?.stringValue.flatMap({ Timestamp(parsing: $0) }),
            var report = try? InstanceReport(json: .object(json.only(Self.members)), now: last, after: nil)
        else { throw .internalError("what an instance said cannot be read") }
        report.first = first
        self = report
    }
}
