package dotf.setup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReadmeTest {
  @ParameterizedTest
  @EnumSource(Setting.class)
  void everySetting_isThereWithItsDefault(Setting setting) throws IOException {
    assertThat(Files.readString(Path.of("README.md")))
        .contains("| `%s` | %s |".formatted(setting.key(), setting.standard()));
  }
}
