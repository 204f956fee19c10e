import EngineKit
import Notation

extension SystemEngine {
    /// Moves a mount. Its records stay where they are, because they belong to the mount's realm and not to its path;
    /// so a move is one record, done when the answer is sent.
    @Sendable func remount(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        let source = Array((try request.input.string("from") ?? "").utf8)
        let target = Array((try request.input.string("to") ?? "").utf8)
        let from = Self.withSlash(source)
        let sourceText = String(decoding: from, as: UTF8.self)
        if source.last == 0x20 { throw .invalid("'from' path cannot contain trailing whitespace") }
        guard !target.isEmpty else { throw .invalid("invalid destination mount path \"\"") }
        for name in MountPath.reserved + ["auth/token/"] where from.elementsEqual(name.utf8) {
            throw .invalid("cannot remount \"\(name)\"")
        }
        guard var entry = try stored(from, transaction) else {
            throw .invalid("no matching mount at \"\(sourceText)\"")
        }
        let to = try destination(target, entry)
        let targetText = String(decoding: to, as: UTF8.self)
        let clash = try running().mounts.conflict(with: to)
        if let clash, clash.path != from { throw .invalid("path already in use at \"\(clash.listedPath)\"") }
        guard try transaction.get(SystemRecords.mount(to)) == nil else {
            throw .invalid("path already in use at \"\(targetText)\"")
        }
        entry.path = to
        transaction.delete(SystemRecords.mount(from))
        transaction.put(SystemRecords.mount(to), entry.encoded())
        let id = request.random.uuid()
        transaction.put(
            SystemRecords.setting("remount/\(id)"),
            JSON.object(["source_mount": .string(sourceText), "target_mount": .string(targetText)]).serialized())
        return EngineResponse(
            .data(["migration_id": .string(id)]),
            warnings: ["Mount move has been done; its status can be read with the migration id."],
            repeatsDataAtTop: true)
    }

    @Sendable func remountStatus(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        let id = request.captures.text("id")
        guard let bytes = try transaction.get(SystemRecords.setting("remount/\(id)")),
            var info = (try? JSON(parsing: bytes))?.objectValue
        else { throw .notFound }
        info["status"] = "success"
        return .data(["migration_id": .string(id), "migration_info": .object(info)])
    }

    private func destination(_ target: [UInt8], _ entry: MountEntry) throws(EngineError) -> [UInt8] {
        let prefix = Array("auth/".utf8)
        guard entry.isAuth else {
            if target.starts(with: prefix) {
                throw .invalid(
                    "cannot remount non-auth mount to auth mount \"\(String(decoding: target, as: UTF8.self))\"")
            }
            return try MountPath.checked(target)
        }
        guard target.starts(with: prefix) else {
            throw .invalid("cannot remount auth mount to non-auth mount \"\(String(decoding: target, as: UTF8.self))\"")
        }
        return prefix + (try MountPath.checked(Array(target.dropFirst(prefix.count))))
    }
}
