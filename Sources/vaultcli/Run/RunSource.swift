internal import Notation
internal import VaultClient

/// Where a command's values come from: effective configuration of a service, and single secrets.
struct RunSource: Sendable {
    /// What came of asking.
    enum Answer {
        /// The values.
        case values(RunValues)
        /// The server is gone for now.
        case gone(VaultError)
        /// The server refuses, or what it has cannot be used.
        case refused(Failure)
    }

    private let session: Session
    private let secrets: [RunSecret]
    private let prefix: String
    private let instance: String?
    /// Asks for the configuration; `nil` without a service.
    private let question: VaultRequest?
    /// The tag of the last answer about configuration, and what it was.
    private var last: (tag: String, data: JSON)?
    private var locations: [String: KVLocation] = [:]

    /// Prepares a source.
    ///
    /// - Parameters:
    ///   - session: the session.
    ///   - question: asks for effective configuration; `nil` for none.
    ///   - secrets: the secrets.
    ///   - prefix: what the names of variables from configuration begin with.
    ///   - instance: the instance that the command is, for secrets that a share of them gets first; `nil` for none.
    init(
        _ session: Session, question: VaultRequest?, secrets: [RunSecret], prefix: String, instance: String?
    ) {
        self.session = session
        self.secrets = secrets
        self.prefix = prefix
        self.instance = instance
        self.question = question.map { question in
            var question = question
            // Which values are sensitive is told with where they are from.
            question.query.append(("explain", "true"))
            return question
        }
    }

    /// Asks for the values.
    ///
    /// - Parameter wait: how many seconds to wait for a change of the configuration, when it is known already; `nil`
    ///   does not wait.
    /// - Returns: what came of it.
    mutating func fetch(waiting wait: Int64? = nil) async -> Answer {
        do {
            var values = RunValues()
            if question != nil { try await addConfiguration(to: &values, waiting: wait) }
            // A secret named on the command line takes the place of a key.
            let names = Set(secrets.map { Array($0.name.utf8) })
            values.variables.removeAll { names.contains(Array($0.name.utf8)) }
            for secret in secrets {
                let value = try await read(secret)
                try values.add(
                    .init(
                        name: secret.name, origin: secret.reference, value: value, isSensitive: true, isStatic: false))
            }
            try values.requireDistinctNames()
            return .values(values)
        } catch let failure as Failure {
            return .refused(failure)
        } catch let error as VaultError {
            return Outage.isOne(error) ? .gone(error) : .refused(Failure(error, during: "Error reading the values"))
        } catch {
            return .refused(.usage("The values cannot be read"))
        }
    }

    private mutating func addConfiguration(to values: inout RunValues, waiting wait: Int64?) async throws {
        guard var question else { return }
        if let last {
            question.headers.append(("If-None-Match", last.tag))
            if let wait, let revision = last.data["revision"] {
                question.query += [("index", CellText.field(revision)), ("wait", "\(wait)s")]
            }
        }
        let response = try await session.vault.send(question)
        let data: JSON
        if response.status == 304, let last {
            data = last.data
        } else {
            data = try session.secret(response).data
            last = response.header("ETag").map { ($0, data) }
        }
        values.revision = data["revision"]
        values.hash = data["hash"]
        let fixed = Set((data["static"]?.arrayValue ?? []).compactMap(\.stringValue).map { Array($0.utf8) })
        for member in data["values"]?.objectValue?.members ?? [] {
            guard !EffectiveTable.isRedacted(member.value) else {
                values.leftOut.append(member.name)
                continue
            }
            try values.add(
                .init(
                    name: EnvironmentName.name(of: member.name, prefix: prefix), origin: member.name,
                    value: member.value, isSensitive: Self.isSensitive(data["sources"]?[member.name]),
                    isStatic: fixed.contains(Array(member.name.utf8))))
        }
    }

    /// What holds a secret is sensitive too; so is what the server does not tell about.
    private static func isSensitive(_ source: JSON?) -> Bool {
        guard let source, source.objectValue != nil else { return true }
        return source["sensitive"]?.boolValue == true || source["secret_versions"] != nil
            || source["type"]?.stringValue?.bytesEqual(to: "secret") == true
    }

    private mutating func read(_ secret: RunSecret) async throws -> JSON {
        let location = try await location(of: secret.path)
        guard location.isVersioned || secret.version == nil else {
            throw Failure.usage("\(secret.reference) names a version, and its mount keeps none")
        }
        for path in Self.spellings(location) {
            let query = secret.version.map { [(name: "version", value: String($0))] } ?? []
            var request = VaultRequest(.get, path, query: query)
            if let instance { request.headers.append(("X-Pulse-Instance", instance)) }
            guard let response = try await session.vault.find(request) else { continue }
            let data = try session.secret(response).data
            let fields = location.isVersioned ? data["data"] : data
            guard let fields, fields.objectValue != nil else { continue }
            guard let value = fields[secret.field] else {
                throw Failure.server("\(secret.path) has no field \(secret.field)")
            }
            return value
        }
        throw Failure.server("No value found at \(secret.path)")
    }

    /// The path of a secret's data, and without the `data/` that references have and people may write too.
    private static func spellings(_ location: KVLocation) -> [String] {
        let path = location.path(of: "data")
        guard location.isVersioned, location.path.hasBytePrefix("data/") else { return [path] }
        return [path, location.mount + location.path]
    }

    private mutating func location(of path: String) async throws -> KVLocation {
        if let known = locations[path] { return known }
        let response = try await session.vault.find(VaultRequest(.get, "sys/internal/ui/mounts/" + path))
        let location = try KVLocation.found(path, mount: nil, response, session)
        locations[path] = location
        return location
    }
}
