/// The loudspeakers of 1 to 8 channels in FLAC (RFC 9639, section 9.1.3), as bits of
/// dwChannelMask; 0 for more.
func usualSpeakers(channels: Int) -> UInt32 {
  let masks: [UInt32] = [0x4, 0x3, 0x7, 0x33, 0x37, 0x3F, 0x70F, 0x63F]
  return masks.indices.contains(channels - 1) ? masks[channels - 1] : 0
}

/// For each channel of ``usualSpeakers(channels:)``, in WAV's order, where it is among the channels
/// of Vorbis (Vorbis I, section 4.3.9) and of Opus of mapping family 1 (RFC 7845, section 5.1.1.2);
/// nil where the orders are the same.
func xiphOrder(channels: Int) -> [Int]? {
  switch channels {
  case 3: [0, 2, 1]
  case 5: [0, 2, 1, 3, 4]
  case 6: [0, 2, 1, 5, 3, 4]
  // Left, centre, right, left and right side, rear centre, LFE.
  case 7: [0, 2, 1, 6, 5, 3, 4]
  // Left, centre, right, left and right side, left and right rear, LFE.
  case 8: [0, 2, 1, 7, 5, 6, 3, 4]
  default: nil
  }
}
