import EngineKit
import Storage
import Testing

/// Which rows go when there is no more room.
@Suite struct CacheEvictionTests {
    /// A key whose rows are spread over the cache's shards.
    private func key(_ number: Int) -> RowKey {
        RowKey([1, 2, 3, UInt64(number), UInt64(number) &* 0x9e37_79b9_7f4a_7c15])
    }

    /// Asks for a row as a reader does.
    ///
    /// - Returns: whether the cache knew it.
    private func ask(_ cache: SealedCache, _ number: Int) -> Bool {
        let key = key(number)
        if case .unknown = cache.find(key) {
            cache.fill(key, with: nil, asOf: Revision(1), token: cache.token(for: key))
            return false
        }
        return true
    }

    /// What is asked for again and again displaces what nobody asks for any more, however much of that there is.
    @Test func whatIsInUseStaysWhenTheCacheIsFullOfOtherRows() {
        // An absence costs 192 bytes of upkeep: 1,024 of them have room.
        let cache = SealedCache(byteLimit: 192 * 1_024)
        for number in 0..<20_000 { _ = ask(cache, 1_000_000 + number) }
        #expect(cache.byteCount <= 192 * 1_024 && cache.byteCount > 192 * 900)
        let used = 0..<600
        for _ in 0..<3 { for number in used { _ = ask(cache, number) } }
        #expect(used.allSatisfy { ask(cache, $0) })
    }

    /// A row that has just come in is not the first to go.
    @Test func theNewestRowOutlivesTheNextOnes() {
        let cache = SealedCache(byteLimit: 192 * 1_024)
        for number in 0..<5_000 { _ = ask(cache, 1_000_000 + number) }
        _ = ask(cache, 1)
        for number in 0..<400 { _ = ask(cache, 2_000_000 + number) }
        #expect(ask(cache, 1))
    }
}
