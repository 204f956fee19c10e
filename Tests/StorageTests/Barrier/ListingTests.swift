import EngineKit
import Storage
import Testing

@Suite struct ListingTests {
    private static let kind = TestVault.plain

    private func withBarrier(
        _ backend: StoreBackend, paths: [String], limits: BarrierLimits = BarrierLimits(),
        _ body: (Barrier) async throws -> Void
    ) async throws {
        try await backend.withStore { store in
            let barrier = try await TestVault(in: store, limits: limits).barrier
            _ = try await barrier.commit(WriteBatch(put: paths.map { (.test(Self.kind, $0), $0) }))
            try await body(barrier)
        }
    }

    @Test(arguments: StoreBackend.all)
    func aRecordAndAFolderOfOneNameBothShow(_ backend: StoreBackend) async throws {
        try await withBarrier(backend, paths: ["a", "a/x", "a/y/z", "a-b", "b"]) { (barrier) async throws in
            #expect(try await barrier.names(Self.kind) == ["a", "a-b", "a/", "b"])
            #expect(try await barrier.names(Self.kind, "a") == ["x", "y/"])
            #expect(try await barrier.names(Self.kind, "a/") == ["x", "y/"])
            #expect(try await barrier.names(Self.kind, "a/y") == ["z"])
            #expect(try await barrier.names(Self.kind, "nowhere").isEmpty)
            #expect(try await barrier.names(Self.kind, recursive: true) == ["a", "a-b", "a/x", "a/y/z", "b"])
            #expect(try await barrier.names(Self.kind, "a", recursive: true) == ["x", "y/z"])
        }
    }

    @Test(arguments: StoreBackend.all)
    func afterAndLimitCutPages(_ backend: StoreBackend) async throws {
        try await withBarrier(backend, paths: ["a", "a/x", "a/y/z", "a-b", "b"]) { (barrier) async throws in
            #expect(try await barrier.names(Self.kind, after: "a", limit: 2) == ["a-b", "a/"])
            #expect(try await barrier.names(Self.kind, after: "b").isEmpty)
            #expect(try await barrier.names(Self.kind, limit: 0).isEmpty)
            let folder = Folder(TestVault.realm, Self.kind, [])
            #expect(try await barrier.list(Listing(of: folder, limit: 3)).isTruncated)
            #expect(try await barrier.list(Listing(of: folder, limit: 4)).isTruncated == false)
            #expect(try await barrier.list(Listing(of: folder, isRecursive: true, limit: 4)).isTruncated)
            #expect(try await barrier.list(Listing(of: folder, isRecursive: true, limit: 5)).isTruncated == false)
        }
    }

    /// Random trees, walked page by page, against a sorted array of paths.
    @Test(arguments: [1, 2, 3, 7, 100])
    func recursivePagesJoinToAllPathsInTheirOrder(_ limit: Int) async throws {
        var generator = SplitMix(state: 42 + UInt64(limit))
        let letters = ["a", "b", "-", "0", "é"]
        var paths: Set<[UInt8]> = []
        for _ in 0..<150 {
            let depth = Int.random(in: 1...4, using: &generator)
            let segments = (0..<depth).map { _ in
                (0..<Int.random(in: 1...2, using: &generator)).map { _ in letters.randomElement(using: &generator) ?? ""
                }
                .joined()
            }
            paths.insert(Array(segments.joined(separator: "/").utf8))
        }
        let barrier = try await TestVault(in: MemoryStore()).barrier
        var batch = WriteBatch()
        batch.writes = paths.map { (StoreKey(TestVault.realm, Self.kind, $0), .put([])) }
        _ = try await barrier.commit(batch)
        var found: [[UInt8]] = []
        while true {
            let page = try await barrier.list(
                Listing(
                    of: Folder(TestVault.realm, Self.kind, []), isRecursive: true, after: found.last, limit: limit))
            found += page.names
            guard page.isTruncated else { break }
        }
        #expect(found == paths.sorted { $0.lexicographicallyPrecedes($1) })
    }

    /// 3000 names in one folder: indexed, too large for an index, and with no index allowed.
    @Test(arguments: [16 << 20, 64 << 10, 0])
    func largeFoldersArePagedWithAndWithoutAnIndex(_ indexBytes: Int) async throws {
        let paths = (0..<3000).map { "big/n\($0)" }
        let limits = BarrierLimits(indexBytes: indexBytes)
        try await withBarrier(StoreBackend.all[0], paths: paths, limits: limits) { (barrier) async throws in
            let sorted = (0..<3000).map { "n\($0)" }.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
            for _ in 0..<2 {
                #expect(try await barrier.names(Self.kind, "big") == sorted)
                #expect(try await barrier.names(Self.kind, "big", limit: 10) == Array(sorted[..<10]))
                #expect(
                    try await barrier.names(Self.kind, "big", after: sorted[1499], limit: 700)
                        == Array(sorted[1500..<2200]))
            }
            #expect(try await barrier.names(Self.kind, "big", recursive: true) == sorted)
            // A commit shows at once in a folder that was indexed.
            try await barrier.put((.test(Self.kind, "big/a-new-one"), ""))
            #expect(try await barrier.names(Self.kind, "big", limit: 1) == ["a-new-one"])
            try await barrier.delete(.test(Self.kind, "big/a-new-one"))
            #expect(try await barrier.names(Self.kind, "big", limit: 1) == ["n0"])
        }
    }

    @Test(arguments: StoreBackend.all)
    func foldersGoWithTheirLastRecord(_ backend: StoreBackend) async throws {
        try await withBarrier(backend, paths: ["a/b/c/d", "a/b/e"]) { (barrier) async throws in
            try await barrier.delete(.test(Self.kind, "a/b/c/d"))
            #expect(try await barrier.names(Self.kind, "a/b") == ["e"])
            #expect(try await barrier.names(Self.kind, "a/b/c").isEmpty)
            // The last record goes and another comes in one batch: the folder stays.
            _ = try await barrier.commit(
                WriteBatch(put: [(.test(Self.kind, "a/x/y"), "")], delete: [.test(Self.kind, "a/b/e")]))
            #expect(try await barrier.names(Self.kind, "a") == ["x/"])
            try await barrier.delete(.test(Self.kind, "a/x/y"))
            #expect(try await barrier.names(Self.kind).isEmpty)
        }
    }

    @Test func aNameStaysWhileOneOfItsOrdinalsExists() async throws {
        let barrier = try await TestVault(in: MemoryStore()).barrier
        let keys = (0..<3).map { StoreKey.test(Self.kind, "f/n", ordinal: $0) }
        try await barrier.put((keys[0], ""), (keys[1], ""), (keys[2], ""))
        #expect(try await barrier.names(Self.kind, "f") == ["n"])
        try await barrier.delete(keys[0], keys[2])
        #expect(try await barrier.names(Self.kind, "f") == ["n"])
        try await barrier.delete(keys[1])
        #expect(try await barrier.names(Self.kind).isEmpty)
    }

    @Test func pathsBeyondTheLimitsAreRefused() async throws {
        let barrier = try await TestVault(in: MemoryStore()).barrier
        let long = String(repeating: "x", count: 40_000)
        let deep = String(repeating: "x/", count: 5_000) + "x"
        for path in [long, deep] {
            await #expect { try await barrier.put((.test(Self.kind, path), "")) } throws: { error in
                guard case StoreError.tooLarge? = error as? StoreError else { return false }
                return true
            }
        }
        #expect(try await barrier.names(Self.kind).isEmpty)
    }

    /// 64 tasks put and delete in the same few folders; at the end the listings are exactly the records.
    @Test(arguments: StoreBackend.all)
    func foldersStayTrueUnderConcurrentPutsAndDeletes(_ backend: StoreBackend) async throws {
        try await withBarrier(backend, paths: []) { (barrier) async throws in
            let paths = ["a/b/1", "a/b/2", "a/c/1", "a/1", "d/e/f/g", "d/e/h"]
            await withTaskGroup { group in
                for task in 0..<64 {
                    group.addTask {
                        var generator = SplitMix(state: UInt64(task))
                        for _ in 0..<8 {
                            let key = StoreKey.test(Self.kind, paths.randomElement(using: &generator) ?? "")
                            // Nothing here expects anything, so nothing conflicts.
                            await #expect(throws: Never.self) {
                                if Bool.random(using: &generator) {
                                    try await barrier.put((key, "\(task)"))
                                } else {
                                    try await barrier.delete(key)
                                }
                            }
                        }
                    }
                }
            }
            var existing: [String] = []
            for path in paths where try await barrier.text(.test(Self.kind, path)) != nil { existing.append(path) }
            let listed = try await barrier.names(Self.kind, recursive: true)
            #expect(Set(listed) == Set(existing))
            #expect(try await visibleFolders(barrier) == foldersAbove(existing))
        }
    }

    private func foldersAbove(_ paths: [String]) -> Set<String> {
        var folders: Set<String> = []
        for path in paths {
            let segments = path.split(separator: "/")
            for depth in 1..<segments.count { folders.insert(segments[..<depth].joined(separator: "/")) }
        }
        return folders
    }

    private func visibleFolders(_ barrier: Barrier) async throws -> Set<String> {
        var found: Set<String> = []
        var open = [""]
        while let folder = open.popLast() {
            for name in try await barrier.names(Self.kind, folder) where name.hasSuffix("/") {
                let path = folder.isEmpty ? String(name.dropLast()) : folder + "/" + name.dropLast()
                found.insert(path)
                open.append(path)
            }
        }
        return found
    }
}
