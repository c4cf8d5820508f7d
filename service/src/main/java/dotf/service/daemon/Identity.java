package dotf.service.daemon;

import dotf.chunker.disk.Directory;
import dotf.chunker.disk.Disk;
import dotf.chunker.disk.LinuxDisk;
import dotf.chunker.key.VaultKeys;
import dotf.chunker.key.VaultSecret;
import dotf.dht.DhtNode;
import dotf.dht.identity.PublicKey;
import dotf.dht.identity.Signer;
import dotf.setup.Home;
import dotf.setup.Keyring;
import dotf.setup.Keyring.Secret;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.InstantSource;

/** Who a home is: its vault, its node, and a group of one to begin with. */
public final class Identity {
  private Identity() {}

  /** Whether the home has a vault. */
  public static boolean exists(Home home) {
    return new Keyring(home.keys()).has(Secret.VAULT);
  }

  /** Makes the keys of a new home. The vault's secret comes last: a home without it is not made. */
  public static void create(Home home, VaultSecret vault, SecureRandom random) throws IOException {
    Disk disk = new LinuxDisk();
    try (Directory keys = disk.open(home.keys());
        Directory journal = disk.open(home.journal())) {
      DhtNode.create(
          keys, journal, signer(VaultKeys.derive(vault)), random, InstantSource.system());
    }
    new Keyring(home.keys()).create(Secret.VAULT, vault.bytes());
  }

  /** The vault's secret. */
  public static VaultSecret vault(Home home) throws IOException {
    return VaultSecret.of(new Keyring(home.keys()).read(Secret.VAULT));
  }

  static Signer signer(VaultKeys keys) {
    return new Signer(PublicKey.of(keys.publicKey()), keys::sign);
  }
}
