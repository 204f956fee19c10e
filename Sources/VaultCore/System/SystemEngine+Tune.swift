import EngineKit
import KVEngine
import Notation

/// The mount that a path ending in `/tune` speaks of.
struct TuneTarget {
    /// The mount's path with its trailing slash.
    let path: [UInt8]

    /// `nil` when the path does not end in `/tune`.
    init?(_ path: [UInt8]) throws(EngineError) {
        let suffix = Array("/tune".utf8)
        guard path.count > suffix.count, path.suffix(suffix.count).elementsEqual(suffix) else { return nil }
        self.path = Array(path.dropLast(suffix.count - 1))
    }
}

extension SystemEngine {
    func readTuning(_ target: TuneTarget, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        guard let mounted = try running().mounts.mount(at: target.path) else { throw Self.noView(target) }
        let entry = mounted.entry
        var data: JSONObject = [
            "default_lease_ttl": .integer(mounted.context.defaultLeaseTTL), "description": .string(entry.description),
            "force_no_cache": .bool(entry.tuning.forcesNoCache),
            "max_lease_ttl": .integer(mounted.context.maxLeaseTTL),
        ]
        if !entry.options.isEmpty { data["options"] = .texts(entry.options) }
        if entry.isAuth {
            data["token_type"] = .string(
                entry.tuning.tokenType.utf8.isEmpty ? "default-service" : entry.tuning.tokenType)
        }
        entry.tuning.addOptionalFields(to: &data)
        return EngineResponse(.data(data), repeatsDataAtTop: true)
    }

    func tune(
        _ target: TuneTarget, _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        guard let mounted = try running().mounts.mount(at: target.path),
            var entry = try stored(target.path, transaction)
        else { throw Self.noView(target) }
        let input = request.input
        if let type = try input.string("token_type"), !type.utf8.isEmpty, !entry.isAuth {
            throw .invalid("'token_type' can only be modified on auth mounts")
        }
        if let text = try input.string("description") { entry.description = text }
        try entry.tuning.apply(input, limits: running().limits, path: entry.listedPath)
        var warnings: [String] = []
        if let options = try input.textMap("options"), !options.isEmpty {
            warnings = try setOptions(options, of: &entry, mounted, request, transaction)
        }
        transaction.put(SystemRecords.mount(target.path), entry.encoded())
        return EngineResponse(warnings: warnings)
    }

    private func setOptions(
        _ options: [(name: String, value: String)], of entry: inout MountEntry, _ mounted: MountTable.Mounted,
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> [String] {
        let old = entry.options.first { $0.name == "version" }?.value ?? "1"
        for (name, value) in options {
            entry.options.removeAll { $0.name == name }
            entry.options.append((name, value))
        }
        let new = entry.options.first { $0.name == "version" }?.value ?? "1"
        guard entry.type == "kv" || entry.type == "generic", old != new else { return [] }
        guard new == "2" else { throw .invalid("cannot downgrade mount from version \(old)") }
        try KeyValueUpgrade.upgrade(mounted.context, now: request.now, transaction)
        return ["Upgrading mount to version 2; its secrets are now versioned, each starting at version 1."]
    }

    private static func noView(_ target: TuneTarget) -> EngineError {
        .invalid("cannot fetch sysview for path \"\(String(decoding: target.path, as: UTF8.self))\"")
    }
}

extension MountTuning {
    /// Takes what a request sets; what it does not name stays.
    mutating func apply(_ input: Input, limits: SystemLimits, path: String) throws(EngineError) {
        if let seconds = try leaseTime("default_lease_ttl", input, path) { defaultLeaseTTL = seconds }
        if let seconds = try leaseTime("max_lease_ttl", input, path) { maxLeaseTTL = seconds }
        if maxLeaseTTL > 0, defaultLeaseTTL > maxLeaseTTL {
            throw .invalid("given default lease TTL greater than given max lease TTL")
        }
        if maxLeaseTTL == 0, defaultLeaseTTL > limits.maxLeaseTTL {
            throw .invalid("given default lease TTL greater than system max lease TTL of \(limits.maxLeaseTTL)")
        }
        if let value = try input.bool("force_no_cache") { forcesNoCache = value }
        if let value = try input.list("audit_non_hmac_request_keys") { auditNonHMACRequestKeys = value }
        if let value = try input.list("audit_non_hmac_response_keys") { auditNonHMACResponseKeys = value }
        if let value = try input.list("passthrough_request_headers") { passthroughRequestHeaders = value }
        if let value = try input.list("allowed_response_headers") { allowedResponseHeaders = value }
        if let value = try input.string("listing_visibility") {
            guard Self.visibilities.contains(value) else { throw .invalid("invalid listing_visibility") }
            listingVisibility = value
        }
        if let value = try input.string("token_type"), !value.utf8.isEmpty {
            guard ["default-service", "default-batch", "service", "batch"].contains(value) else {
                throw .invalid("invalid value for 'token_type'")
            }
            tokenType = value
        }
    }

    /// A lease time that a request sets; `nil` where it sets none. Clients that send all fields send an empty text for
    /// the ones that nobody gave.
    private func leaseTime(_ name: String, _ input: Input, _ path: String) throws(EngineError) -> Int? {
        switch input.members[name]?.stringValue {
        case "system": return 0
        case "": return nil
        default: break
        }
        do throws(EngineError) {
            return try input.seconds(name)
        } catch {
            let word = name == "max_lease_ttl" ? "max" : "default"
            throw .invalid("unable to parse \(word) TTL of \(path): expected a duration")
        }
    }
}
