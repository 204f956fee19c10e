package import EngineKit
package import Notation

/// What the background service does for a mount of flags, as ordinary commits that history shows.
extension FeatureFlagEngine {
    /// The work that is due.
    ///
    /// - Parameters:
    ///   - mount: the mount.
    ///   - looksAround: whether work is looked at that is not due by time, because something may have happened.
    /// - Returns: at most 100 items, the longest due first.
    package static func dueWork(
        in mount: MountContext, _ transaction: Transaction, now: Timestamp, looksAround: Bool
    ) throws(EngineError) -> [AgendaItem] {
        let items = try Agenda(mount.realm, transaction).items
        return Array(items.filter { $0.due <= now || looksAround && $0.isWatched }.prefix(100))
    }

    /// The request as which work is done: nobody sent it, and whoever asked for it stands in the record of the work.
    package static func request(
        for item: AgendaItem, in mount: MountContext, now: Timestamp, random: any RandomSource
    ) -> EngineRequest {
        var captures = Captures()
        captures.add("env", item.environment)
        captures.add("flag", item.flag)
        return EngineRequest(
            operation: .update, path: item.path, captures: captures, mount: mount,
            caller: Caller(displayName: "background"), now: now, random: random)
    }

    /// Does a piece of work, if it is still to be done.
    ///
    /// - Returns: what came of it; nothing when there was nothing to do.
    package func perform(
        _ item: AgendaItem, _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let scope = FlagScope(request, transaction)
        switch item.work {
        case .change(let id): return try make(id, scope)
        case .clearing: return try clear(item, scope)
        case .ramp:
            let agenda = try Agenda(request.mount.realm, transaction)
            guard agenda.items.contains(where: { $0.isSameWork(as: item) }) else { return .noContent }
            var progress: RampProgress
            do throws(EngineError) {
                progress = try RampProgress(self, scope)
            } catch {
                guard error.reasonOfRefusal != nil else { throw error }
                // The environment or the ramp is gone.
                var agenda = agenda
                agenda.remove(item)
                return .noContent
            }
            try progress.proceed()
            return transaction.hasWrites ? .data(try progress.data()) : .noContent
        }
    }

    /// Removes what was recorded about a flag that is gone for good, a part at a time.
    private func clear(_ item: AgendaItem, _ scope: FlagScope) throws(EngineError) -> EngineResponse {
        var clearing = Clearing(flag: item.flag, scope: scope)
        for environment in try Environments(scope).all() { try clearing.clear(environment.name) }
        if clearing.isDone {
            var agenda = try Agenda(scope.request.mount.realm, scope.transaction)
            agenda.remove(item)
        }
        return .noContent
    }
}

/// The removal of what was recorded about a flag: exposures, assignments, usage.
private struct Clearing {
    /// How many records one commit removes.
    private static let limit = 2_000

    let flag: [UInt8]
    let scope: FlagScope
    private var left = Clearing.limit

    init(flag: [UInt8], scope: FlagScope) {
        self.flag = flag
        self.scope = scope
    }

    /// Whether nothing is left.
    var isDone: Bool { left > 0 }

    mutating func clear(_ environment: [UInt8]) throws(EngineError) {
        let (realm, transaction) = (scope.request.mount.realm, scope.transaction)
        let place = FlagScope.path(environment, flag)
        transaction.delete(StoreKey(realm, FlagRecords.usage, place))
        let sticky = try names(FlagRecords.stickyAssignments, below: place)
        for name in sticky { transaction.delete(StoreKey(realm, FlagRecords.stickyAssignments, name)) }
        left -= sticky.count
        for path in try names(FlagRecords.exposureHeads, below: place) where left > 0 {
            try clear(series: path)
        }
    }

    private mutating func clear(series path: [UInt8]) throws(EngineError) {
        let (realm, transaction) = (scope.request.mount.realm, scope.transaction)
        let headKey = StoreKey(realm, FlagRecords.exposureHeads, path)
        var head = try LogHead(transaction.get(headKey))
        let numbers = head.page(after: 0, limit: max(left / 2, 1))
        let keys = numbers.map { StoreKey(realm, FlagRecords.exposures, path, ordinal: $0) }
        try transaction.need(keys)
        for key in keys {
            if let bytes = try transaction.get(key) {
                let exposure = try Exposure(decoding: bytes)
                let person = path + [UInt8(ascii: "/")] + AssignmentSeries.digest(of: exposure.targetingKey.utf8)
                transaction.delete(StoreKey(realm, FlagRecords.assignments, person))
            }
            transaction.delete(key)
        }
        left -= numbers.count * 2
        if let last = numbers.last, last < head.newest {
            head.oldest = last + 1
            transaction.put(headKey, head.encoded)
        } else {
            transaction.delete(headKey)
        }
    }

    private func names(_ kind: RecordKind, below place: [UInt8]) throws(EngineError) -> [[UInt8]] {
        let folder = Folder(scope.request.mount.realm, kind, place)
        let listing = Listing(of: folder, isRecursive: true, limit: max(left, 1))
        return try scope.transaction.list(listing).names.map { place + [UInt8(ascii: "/")] + $0 }
    }
}

extension FeatureFlagEngine {
    /// Takes everything that waits or was recorded about a flag away with it; what is much is removed afterwards.
    func forget(_ flag: [UInt8], _ scope: FlagScope) throws(EngineError) {
        let realm = scope.request.mount.realm
        var agenda = try Agenda(realm, scope.transaction)
        agenda.removeAll(of: flag)
        for environment in try Environments(scope).all() {
            scope.transaction.delete(RampRecord.key(realm, environment.name, flag))
            let place = FlagScope.path(environment.name, flag)
            for name in try scope.documents.names(FlagRecords.scheduledChanges, below: place) {
                let path = place + [UInt8(ascii: "/")] + name
                scope.transaction.delete(StoreKey(realm, FlagRecords.scheduledChanges, path))
            }
        }
        let name = String(decoding: flag, as: UTF8.self)
        try scope.overrides.forget { $0.flag.bytesEqual(to: name) }
        try agenda.set(AgendaItem(.clearing, [], flag, due: scope.request.now))
    }
}
