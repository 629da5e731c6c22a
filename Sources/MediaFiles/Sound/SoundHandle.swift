import CSndFile

/// What libsndfile holds of a file, closed at the end of its life.
struct SoundHandle: ~Copyable {
  let pointer: OpaquePointer
  /// What libsndfile reads from or writes to, which must outlive it; retained once for this value.
  private let owner: Unmanaged<AnyObject>

  /// Takes over an open file and the reference that keeps `owner` alive.
  init<Owner: AnyObject>(pointer: OpaquePointer, owner: Unmanaged<Owner>) {
    self.pointer = pointer
    self.owner = .fromOpaque(owner.toOpaque())
  }

  deinit {
    sf_close(pointer)
    owner.release()
  }

  /// Closes the file, which completes one that is written. Returns libsndfile's error, or 0.
  consuming func close() -> Int32 {
    let status = sf_close(pointer)
    owner.release()
    discard self
    return status
  }
}
