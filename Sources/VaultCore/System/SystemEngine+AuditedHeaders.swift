import EngineKit
import Notation

extension SystemEngine {
    var auditedHeaderRoutes: [Route] {
        [
            Route("config/auditing/request-headers", "The request headers that audit entries show.").sudo()
                .on(.read, serve: listHeaders),
            Route("config/auditing/request-headers/:name", "A request header that audit entries show.").sudo()
                .on(.read, serve: readHeader).on(.update, serve: writeHeader).on(.delete, serve: deleteHeader),
        ]
    }

    @Sendable private func listHeaders(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        let members = try AuditedHeader.all(transaction).map {
            JSONObject.Member(name: $0.name, value: ["hmac": .bool($0.isHashed)])
        }
        return EngineResponse(.data(["headers": .object(JSONObject(members))]), repeatsDataAtTop: true)
    }

    @Sendable private func readHeader(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        let name = name(request)
        guard let header = try AuditedHeader.all(transaction).first(where: { $0.name.bytesEqual(to: name) }) else {
            throw .invalid("Could not find header in config")
        }
        return EngineResponse(.data([name: ["hmac": .bool(header.isHashed)]]), repeatsDataAtTop: true)
    }

    @Sendable private func writeHeader(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        let name = name(request)
        var headers = try AuditedHeader.all(transaction).filter { !$0.name.bytesEqual(to: name) }
        guard headers.count < 100 else { throw .invalid("at most 100 request headers can be audited") }
        headers.append(AuditedHeader(name: name, isHashed: try request.input.bool("hmac") ?? false))
        AuditedHeader.store(headers, transaction)
        return .noContent
    }

    @Sendable private func deleteHeader(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        let name = name(request)
        AuditedHeader.store(try AuditedHeader.all(transaction).filter { !$0.name.bytesEqual(to: name) }, transaction)
        return .noContent
    }

    private func name(_ request: EngineRequest) -> String { request.captures.text("name").asciiLowercased() }
}
