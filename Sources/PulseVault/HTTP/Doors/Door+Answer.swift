import EngineKit
import VaultCore

extension VaultRequest {
    /// An answer in the words of the protocol that the request came by.
    func inItsWords(_ response: VaultResponse) -> VaultResponse {
        if let evaluation { return response.inOFREP(flag: evaluation.flag) }
        return response.inWords(of: door)
    }
}

extension VaultRequest.Door {
    /// The doors beside Vault's, and what their paths begin with.
    private static let prefixes: [(door: VaultRequest.Door, prefix: [UInt8])] = [
        (.application, ApplicationDecoding.prefix), (.spring, SpringDecoding.prefix), (.consul, ConsulDecoding.prefix),
    ]

    /// The door that a path is for; `nil` when it is for none of those beside Vault's.
    static func of(_ path: some Collection<UInt8>) -> VaultRequest.Door? {
        prefixes.first { path.starts(with: $0.prefix) }?.door
    }
}

extension VaultResponse {
    /// What went wrong before there was a request, in the words of the protocol that its target belongs to.
    func inWords(ofTarget target: String) -> VaultResponse {
        if OFREPDecoding.isTarget(target) { return inOFREP(flag: OFREPDecoding.flag(ofTarget: target)) }
        return inWords(of: VaultRequest.Door.of(target.utf8) ?? .vault)
    }

    /// The answer with the statuses of a door: the one table from Vault's to theirs.
    func inWords(of door: VaultRequest.Door) -> VaultResponse {
        guard let errors, !door.isVault else { return self }
        switch (status, mismatch) {
        // Clients of Consul take 401 for a server without access control.
        case (403, _) where lacksToken && door.isConsul: return .errors(403, ["a valid token is needed"])
        case (403, _) where lacksToken: return .errors(401, ["a valid token is needed"])
        case (403, _): return .errors(403, ["permission denied"])
        case (400, .version?): return .errors(409, ["the version is not the current one"])
        case (400, .schema?): return .errors(422, errors)
        case (404, _) where errors.isEmpty || isAboutPath: return .errors(404, ["not found"])
        case (405, _):
            var response = VaultResponse.errors(405, ["the path does not know the method"])
            response.allowedMethods = door.methods(supported ?? [.read])
            return response
        default: return self
        }
    }

    /// Whether a 404 says that the mount has no such path, which is Vault's way to put it.
    private var isAboutPath: Bool {
        errors?.first?.utf8.starts(with: "1 error occurred:".utf8) ?? false
    }
}

extension VaultRequest.Door {
    /// The methods by which a path that knows some operations can be asked (RFC 9110, section 10.2.1).
    fileprivate func methods(_ operations: [Operation]) -> [String] {
        var methods = operations.contains(.read) ? ["GET", "HEAD"] : []
        if operations.contains(.update) || operations.contains(.evaluate) { methods.append("POST") }
        return methods
    }

    /// Whether it is Vault's own.
    fileprivate var isVault: Bool { if case .vault = self { true } else { false } }
    /// Whether it is Consul's.
    fileprivate var isConsul: Bool { if case .consul = self { true } else { false } }
}
