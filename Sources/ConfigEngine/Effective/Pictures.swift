import EngineKit
import Synchronization

/// The pictures of mounts, kept in memory and renewed from the log of changes, with what was made of them for places.
///
/// What is kept is only ever what the store says: a picture is used while the mount's revision is the one it was made
/// at, and each request reads that revision in its own transaction.
final class Pictures: Sendable {
    /// How many changes are applied one by one before everything is read anew.
    private static let changesFollowed: UInt64 = 256
    /// How many of the last changes must be found in a picture that was read anew.
    private static let changesChecked: UInt64 = 32
    /// How many pictures of the past are kept for each mount.
    private static let pastKept = 8
    /// How many places' documents are kept for each mount.
    private static let placesKept = 20_000

    /// A document, and the newest revision of which it is known that it is still right.
    private struct Kept {
        let document: EffectiveDocument
        var revision: UInt64
    }

    private struct Known {
        var picture: Picture
        var documents: [Place: Kept] = [:]
        /// Which keys the last changes were about, one after the other; the last one led to the picture.
        var changed: [[String]] = []
        /// Pictures of the past, with the newest revision of what the keys are that they were made by.
        var past: [(revision: UInt64, keys: UInt64, picture: Picture)] = []
        /// The uses of secrets, and the revision they were found at.
        var uses: (revision: UInt64, uses: ReferenceUses)?
    }

    private let known = Mutex<[Realm: Known]>([:])

    /// The picture of the mount as the transaction sees it.
    func current(_ scope: ConfigScope) throws(EngineError) -> Picture {
        let realm = scope.realm
        let revision = try scope.log.revision()
        let before = known.withLock { $0[realm]?.picture }
        if let committed = try scope.log.revisionBeforeOwn() {
            // What this transaction has changed itself may not come to be: nobody else is to see it.
            let base = before.flatMap { $0.revision <= committed ? $0 : nil }
            let picture = try own(scope, revision, madeOf: base)
            scope.transaction.keep(picture, of: realm)
            return picture
        }
        if let before, before.revision == revision { return before }
        let (picture, changes) = try made(of: before, scope, revision)
        known.withLock { known in
            if let other = known[realm], other.picture.revision >= revision { return }
            // One step at a time: what others have put in between is not what the changes begin from.
            if let changes, let before, known[realm]?.picture.revision == before.revision {
                known[realm]?.changed.append(contentsOf: changes.map(\.keys))
                let count = known[realm]?.changed.count ?? 0
                if count > 2 * Int(Self.changesFollowed) {
                    known[realm]?.changed.removeFirst(count - Int(Self.changesFollowed))
                }
            } else {
                known[realm]?.changed.removeAll()
                if known[realm] == nil { known[realm] = Known(picture: picture) }
            }
            known[realm]?.picture = picture
        }
        return picture
    }

    /// The picture with the transaction's own changes: the one that an earlier handler of it has left, brought up to date
    /// in its place, or one that is made of what is committed.
    private func own(
        _ scope: ConfigScope, _ revision: UInt64, madeOf base: Picture?
    ) throws(EngineError) -> Picture {
        guard var own: Picture = scope.transaction.takePicture(of: scope.realm), own.revision <= revision,
            let changes = try scope.log.changes(after: own.revision, through: revision)
        else { return try made(of: base, scope, revision).picture }
        let first = own.revision
        let loading = PictureLoading(scope)
        try loading.renew(&own, changes, at: revision)
        try loading.check(changes, after: first)
        return own
    }

    /// The picture as of a revision, made of that of an earlier one where the log reaches back to it.
    private func made(
        of before: Picture?, _ scope: ConfigScope, _ revision: UInt64
    ) throws(EngineError) -> (picture: Picture, changes: [ConfigLog.Change]?) {
        if let before, before.revision == revision { return (before, []) }
        let loading = PictureLoading(scope)
        guard let before, before.revision < revision, revision - before.revision <= Self.changesFollowed,
            let changes = try scope.log.changes(after: before.revision, through: revision)
        else {
            let picture = try loading.all(at: revision)
            let first = revision - min(revision, Self.changesChecked)
            try loading.check(try scope.log.changes(after: first, through: revision) ?? [], after: first)
            return (picture, nil)
        }
        var picture = before
        try loading.renew(&picture, changes, at: revision)
        try loading.check(changes, after: before.revision)
        return (picture, changes)
    }

    /// The picture as of an earlier revision.
    func past(_ scope: ConfigScope, at moment: Moment) throws(EngineError) -> Picture {
        guard case .revision(let revision) = moment else {
            return try PictureLoading(scope, asOf: moment).all(at: try scope.log.revision())
        }
        let realm = scope.realm
        // A key that has become sensitive is so in the past as well.
        let keys = try current(scope).keysRevision
        let found = known.withLock { known in
            known[realm]?.past.first { $0.revision == revision && $0.keys == keys }?.picture
        }
        if let found { return found }
        let picture = try PictureLoading(scope, asOf: moment).all(at: revision)
        known.withLock { known in
            guard var renewed = known[realm] else { return }
            renewed.past = [(revision, keys, picture)] + renewed.past.prefix(Self.pastKept - 1)
            known[realm] = renewed
        }
        return picture
    }

    /// The document of a place that is right as of a revision; `nil` when there is none.
    ///
    /// - Parameter revision: the mount's revision that the caller sees.
    func document(_ realm: Realm, _ place: Place, at revision: UInt64) -> EffectiveDocument? {
        known.withLock { known in
            guard let kept = known[realm]?.documents[place], kept.revision == revision else { return nil }
            return kept.document
        }
    }

    /// The document of a place, made of a picture, and where there is an earlier one of that.
    func document(_ realm: Realm, _ place: Place, madeOf picture: Picture) -> EffectiveDocument {
        let earlier = known.withLock { known -> (kept: Kept, changed: Set<String>?)? in
            guard let known = known[realm], let kept = known.documents[place], kept.revision <= picture.revision,
                known.picture.revision == picture.revision
            else { return nil }
            let count = picture.revision - kept.revision
            guard count <= known.changed.count else { return (kept, nil) }
            return (kept, Set(known.changed.suffix(Int(count)).joined()))
        }
        let document: EffectiveDocument
        if let earlier, earlier.kept.document.revision == picture.revision(for: place) {
            // Nothing changed that the place sees.
            document = earlier.kept.document
        } else if let earlier, let changed = earlier.changed, changed.count <= earlier.kept.document.leaves.count / 4 {
            document = EffectiveDocument(picture, from: earlier.kept.document, changed: changed)
        } else {
            document = EffectiveDocument(picture, for: place)
        }
        known.withLock { known in
            guard known[realm]?.picture.revision == picture.revision else { return }
            if known[realm]?.documents.count ?? 0 >= Self.placesKept { known[realm]?.documents.removeAll() }
            known[realm]?.documents[place] = Kept(document: document, revision: picture.revision)
        }
        return document
    }

    /// The uses of secrets that were found in the picture of a revision; `nil` when nobody has looked.
    func uses(_ realm: Realm, at revision: UInt64) -> ReferenceUses? {
        known.withLock { known in
            guard let found = known[realm]?.uses, found.revision == revision else { return nil }
            return found.uses
        }
    }

    /// Keeps the uses of secrets that were found in a picture.
    func keep(_ uses: ReferenceUses, _ realm: Realm, madeOf picture: Picture) {
        known.withLock { known in
            guard known[realm]?.picture.revision == picture.revision else { return }
            known[realm]?.uses = (picture.revision, uses)
        }
    }

    /// Forgets everything: the vault is sealed.
    func forget() { known.withLock { $0.removeAll() } }
}
