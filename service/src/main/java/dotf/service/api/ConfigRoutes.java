package dotf.service.api;

import dotf.service.text.CommandException;
import dotf.service.text.ExitCode;
import dotf.service.text.Paragraph;
import dotf.service.text.Printable;
import dotf.service.text.Terminal.Style;
import dotf.setup.Config;
import dotf.setup.ConfigFile;
import dotf.setup.Setting;
import java.io.IOException;

/** The settings: {@code config}. */
public final class ConfigRoutes {
  private final ConfigFile file;
  private final Listener listener;

  private ConfigRoutes(ConfigFile file, Listener listener) {
    this.file = file;
    this.listener = listener;
  }

  /** Who obeys the settings. */
  @FunctionalInterface
  public interface Listener {
    /** The settings have changed. */
    void changed(Config config) throws IOException;
  }

  /** Adds the routes. */
  public static void add(Routes routes, ConfigFile file, Listener listener) {
    ConfigRoutes config = new ConfigRoutes(file, listener);
    routes.get("config", config::show);
    routes.post("config", config::set);
  }

  private void show(Call call) throws IOException {
    Config config = file.read();
    String key = call.optional("key");
    if (key != null) {
      show(call, setting(key), config);
      return;
    }
    if (call.json()) {
      call.document(
          json -> {
            for (Setting setting : Setting.values()) {
              json.writeStringField(setting.key(), config.text(setting));
            }
          });
      return;
    }
    for (Setting setting : Setting.values()) {
      String value = config.text(setting);
      call.line(call.terminal().styled(Style.BOLD, setting.key() + " = " + Printable.of(value)));
      String meaning = "    " + setting.meaning().replace('\n', ' ');
      call.line(Paragraph.wrapped(meaning, call.terminal().width(), 4));
    }
  }

  private void set(Call call) throws IOException {
    Setting setting = setting(call.required("key"));
    Config changed;
    try {
      changed = file.set(setting, call.required("value"));
    } catch (IllegalArgumentException e) {
      throw new CommandException(
          ExitCode.USAGE, setting.key() + ": " + Printable.of(String.valueOf(e.getMessage())));
    }
    listener.changed(changed);
    show(call, setting, changed);
  }

  private static void show(Call call, Setting setting, Config config) throws IOException {
    if (call.json()) {
      call.document(json -> json.writeStringField(setting.key(), config.text(setting)));
    } else {
      call.line(Printable.of(config.text(setting)));
    }
  }

  private static Setting setting(String key) throws CommandException {
    return Setting.named(key)
        .orElseThrow(
            () ->
                new CommandException(
                    ExitCode.USAGE,
                    "there is no setting %s%s (list them with: dotf config)"
                        .formatted(Printable.of(key), Setting.didYouMean(key))));
  }
}
