import EngineKit
import Notation

extension FeatureFlagEngine {
    /// GET `segments/:env/:name?version=&as_of=`.
    static func readSegment(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let scope = FlagScope(request, transaction)
        let (environment, _) = try scope.environment()
        let name = try scope.name("name")
        guard let found = try scope.asked(.segment, FlagScope.path(environment, name)), !found.isDeleted else {
            throw .notFound
        }
        return .data(segmentAnswer(environment, name, found))
    }

    /// LIST `segments/:env`.
    static func listSegments(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let scope = FlagScope(request, transaction)
        let (environment, _) = try scope.environment()
        let segments = try scope.documents.all(.segment, below: environment)
        return .names(segments.filter { !$0.document.isDeleted }.map(\.name))
    }

    /// POST `segments/:env/:name`.
    static func writeSegment(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        try changeSegment(request, transaction, action: "write") { scope, _ throws(EngineError) in
            try EngineError.model { () throws(ModelError) in try Segment(json: .object(scope.content())) }
        }
    }

    /// PATCH `segments/:env/:name`: an RFC 7396 merge patch.
    static func patchSegment(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        try changeSegment(request, transaction, action: "patch") { scope, present throws(EngineError) in
            guard let present else { throw .notFound }
            let segment = try present.segment()
            return try EngineError.model { () throws(ModelError) in
                try segment.patched(with: .object(scope.content()))
            }
        }
    }

    /// DELETE `segments/:env/:name`: only where no flag refers to it.
    func deleteSegment(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = FlagScope(request, transaction)
        let environment = try scope.environment()
        let name = try scope.name("name")
        try scope.request.requireSudo(environment.value.isProtected, "the environment")
        let path = FlagScope.path(environment.name, name)
        guard let present = try scope.documents.current(.segment, path), !present.isDeleted else { return .noContent }
        try scope.request.checkVersion(present.version)
        let text = String(decoding: name, as: UTF8.self)
        let users = try sets.current(scope, environment.name).dependents(ofSegment: text)
        guard users.isEmpty else {
            throw .invalid("the segment is in use by the flags \(users.prefix(20).joined(separator: ", "))")
        }
        _ = try scope.write(
            .segment, name, in: environment.name, after: present, present.content, action: "delete"
        ) { $0.isDeleted = true }
        return .noContent
    }

    private static func changeSegment(
        _ request: EngineRequest, _ transaction: Transaction, action: String,
        edit: (FlagScope, StoredDocument?) throws(EngineError) -> Segment
    ) throws(EngineError) -> EngineResponse {
        let scope = FlagScope(request, transaction)
        let environment = try scope.environment()
        let name = try scope.name("name")
        try scope.request.requireSudo(environment.value.isProtected, "the environment")
        let path = FlagScope.path(environment.name, name)
        let last = try scope.documents.current(.segment, path)
        let present = last?.isDeleted == false ? last : nil
        try scope.request.checkVersion(present?.version ?? 0)
        let segment = try edit(scope, present)
        let document = try scope.write(
            .segment, name, in: environment.name, after: last, segment.json.objectValue ?? [:], action: action)
        return .data(segmentAnswer(environment.name, name, document))
    }

    private static func segmentAnswer(
        _ environment: [UInt8], _ name: [UInt8], _ document: StoredDocument
    ) -> JSONObject {
        let own: JSONObject = [
            "name": .string(String(decoding: name, as: UTF8.self)),
            "environment": .string(String(decoding: environment, as: UTF8.self)),
        ]
        return own.joined(with: document.content).joined(with: document.facts)
    }
}
