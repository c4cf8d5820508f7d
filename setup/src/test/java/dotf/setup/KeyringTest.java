package dotf.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dotf.setup.Keyring.Secret;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyringTest {
  private static final byte[] ONE = {1, 2, 3};
  private static final byte[] OTHER = {4};

  @TempDir Path temporary;
  private Keyring ring;
  private Path vault;

  @BeforeEach
  void setUp() throws IOException {
    Home home = Home.create(temporary.resolve("home"));
    ring = new Keyring(home.keys());
    vault = home.keys().resolve("vault");
  }

  @Test
  void create_thenRead_givesTheSameBytesFromAFileForTheOwner() throws IOException {
    ring.create(Secret.VAULT, ONE);

    assertThat(ring.read(Secret.VAULT)).isEqualTo(ONE);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(vault)))
        .isEqualTo("rw-------");
    try (var entries = Files.list(vault.getParent())) {
      assertThat(entries).as("no temporary file stays").containsExactly(vault);
    }
  }

  @Test
  void create_nameTaken_keepsTheKeyThatIsThere() throws IOException {
    ring.create(Secret.VAULT, ONE);

    assertThatThrownBy(() -> ring.create(Secret.VAULT, OTHER))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(ring.read(Secret.VAULT)).isEqualTo(ONE);
  }

  @Test
  void replace_takesThePlaceOfTheOld() throws IOException {
    ring.create(Secret.GROUP, ONE);
    ring.replace(Secret.GROUP, OTHER);

    assertThat(ring.read(Secret.GROUP)).isEqualTo(OTHER);
  }

  @Test
  void read_missing_saysHowToBringItBack() {
    assertThat(ring.has(Secret.NODE)).isFalse();
    assertThatThrownBy(() -> ring.read(Secret.NODE))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining("--recover");
  }

  @Test
  void read_fileOpenToOthers_isRefused() throws IOException {
    ring.create(Secret.VAULT, ONE);
    Files.setPosixFilePermissions(vault, PosixFilePermissions.fromString("rw-r-----"));

    assertThatThrownBy(() -> ring.read(Secret.VAULT)).hasMessageContaining("chmod 600");
  }

  @Test
  void read_emptyHugeOrNoFile_isRefused() throws IOException {
    ring.create(Secret.VAULT, ONE);
    Files.write(vault, new byte[0]);
    assertThatThrownBy(() -> ring.read(Secret.VAULT)).hasMessageContaining("damaged");
    Files.write(vault, new byte[Keyring.MAX_BYTES + 1]);
    assertThatThrownBy(() -> ring.read(Secret.VAULT)).hasMessageContaining("damaged");
    Files.delete(vault);
    Files.createSymbolicLink(vault, Path.of("/dev/zero"));
    assertThatThrownBy(() -> ring.read(Secret.VAULT)).hasMessageContaining("not a plain file");
    Files.delete(vault);
  }

  @Test
  void create_emptyOrHuge_isRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> ring.create(Secret.NODE, new byte[0]));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ring.create(Secret.NODE, new byte[Keyring.MAX_BYTES + 1]));
    assertThat(ring.has(Secret.NODE)).isFalse();
  }

  @Test
  void phrase_isKeptForTheOwnerAndItsConfirmationRemembered() throws IOException {
    ring.keepPhrase("abandon ability able");

    assertThat(Files.readString(ring.phraseFile())).isEqualTo("abandon ability able\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(ring.phraseFile())))
        .isEqualTo("rw-------");
    assertThat(ring.phraseConfirmed()).isFalse();

    ring.confirmPhrase();

    assertThat(ring.phraseConfirmed()).isTrue();
  }
}
