"""A method and its settings, out of folder names, columns and Hydra's overrides."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgekit.readers.settings import of_training, shown, trained

LORA = {"lora r": 32, "lora alpha": 64, "lora dropout": 0}


@pytest.mark.parametrize(
    ("text", "method", "settings"),
    [
        ("NPO_lr1e-4", "NPO", {"lr": 1e-4}),
        ("NPO_lr1e-4_epoch3", "NPO", {"lr": 1e-4, "epochs": 3}),
        ("NPO-lr1e-4-beta0.1", "NPO", {"lr": 1e-4, "beta": 0.1}),
        ("GradDiff_epoch_10_lr_1e-4", "GradDiff", {"epochs": 10, "lr": 1e-4}),
        ("ME+GD · lr=5e-6", "ME+GD", {"lr": 5e-6}),
        ("IDK_AP-checkpoint-120", "IDK_AP", {"checkpoint": 120}),
        ("mix_alpha0.25", "mix", {"alpha": 0.25}),
        ("NPO lr=1e-4 beta=0.1", "NPO", {"lr": 1e-4, "beta": 0.1}),
        ("Gradient Ascent (ours) lr=1e-4", "Gradient Ascent (ours)", {"lr": 1e-4}),
        ("NPO learning_rate=1e-4 weight_decay=0.01 loss=KL", "NPO", {"lr": 1e-4, "weight decay": 0.01, "loss": "KL"}),
        ("RMU_layer7_steer20_alpha1200", "RMU", {"layer": 7, "steer": 20, "alpha": 1200}),
        (
            "forget10_NPO_lr2e-05_beta0.5_alpha1_epoch10",
            "NPO",
            {"lr": 2e-5, "beta": 0.5, "alpha": 1, "epochs": 10, "data": "forget10"},
        ),
        ("NPO_forget10_lr1e-4", "NPO", {"lr": 1e-4, "data": "forget10"}),
        (
            "city_forget_5_npo_lora_r32_lalpha64_ldrop0p0_lr1e-3_beta0p5_alpha1p0_gamma1p0",
            "npo",
            {**LORA, "lr": 1e-3, "beta": 0.5, "alpha": 1, "gamma": 1, "data": "city_forget_5"},
        ),
        (
            "city_forget_5_falcon_lora_r32_lalpha64_ldrop0p0_lr1e-4_t0p07_k16_povtanh_layer7_rmcosine",
            "falcon",
            {**LORA, "lr": 1e-4, "t": 0.07, "k": 16, "layer": 7, "data": "city_forget_5", "variant": "povtanh rmcosine"},
        ),
        ("GradAscent_city_forget_5_ga_lr1e-4", "GradAscent", {"lr": 1e-4, "data": "city_forget_5", "variant": "ga"}),
        ("DualCF_city_forget_5_dual_cf_lr1e-4", "dual_cf", {"lr": 1e-4, "data": "city_forget_5"}),
        ("NPO_forget10_v2", "NPO", {"data": "forget10", "variant": "v2"}),
        ("IDK_DPO_forget10", "IDK_DPO", {"data": "forget10"}),
        ("npo_lora", "npo", {"variant": "lora"}),
        ("forget10_retain90", "retain90", {"data": "forget10"}),
        ("lr=1e-4,beta=0.5", "", {"lr": 1e-4, "beta": 0.5}),
        ("lr1e-4_NPO", "NPO", {"lr": 1e-4}),
        ("trainer=NPO,trainer.args.learning_rate=1e-4,seed=3", "NPO", {"lr": 1e-4, "seed": 3}),
        ("NPO_trainer.method_args.beta=0.5", "NPO", {"beta": 0.5}),
    ],
)  # fmt: skip
def test_a_method_and_its_settings(text, method, settings):
    assert trained(text) == (method, settings)


@pytest.mark.parametrize(
    "text",
    ["", "UniErase", "color1", "retain90", "T3", "lora", "IDK_DPO_v2", "forget10", "original", "NPO+KL", "k16", "NPO_2"],
)  # fmt: skip
def test_what_is_no_setting_stays_in_the_name(text):
    assert trained(text) == (text, {})


def test_a_folder_names_a_method_that_nobody_knows_and_never_part_of_a_known_one():
    text = "city_forget_rare_5_smoke_dual_cf_lora_r32_lr1e-5"
    assert trained(text).method == "smoke_dual_cf"
    found = trained(text, folders=["evals", f"duet_{text}", "dual_cf", "duet"])
    assert found.method == "dual_cf" and found.settings["data"] == "city_forget_rare_5 smoke"
    assert trained("NPO_KL_lr1e-5", folders=["KL"]).method == "NPO_KL"
    assert trained("full", folders=["evals_forget05", "tofu_full"]) == ("full", {"data": "forget05"})
    assert trained("forget10_NPO", folders=["evals_forget05"]).settings == {"data": "forget10"}
    assert trained("NPO_lr1e-5", folders=["evals", "checkpoint-60", "x"]).settings == {
        "lr": 1e-5,
        "checkpoint": 60,
    }


def test_what_hydra_recorded_goes_before_the_name():
    ran = {"trainer": "NPO", "trainer.args.learning_rate": "1e-3", "trainer.method_args.beta": "0.5"}
    found = trained("NPO_forget10_GradDiff_run7_lr1e-5", ran)
    assert found.method == "NPO"
    assert found.settings == {"lr": 1e-3, "beta": 0.5, "data": "forget10", "variant": "GradDiff run7"}
    assert trained("NPO", {"model.lora_config.r": "16"}).settings == {"lora r": 16}
    assert trained("forget10_npo_lr1e-5", ran) == ("NPO", {"lr": 1e-3, "beta": 0.5, "data": "forget10"})


def test_of_what_hydra_recorded_only_the_training_is_kept():
    ran = {
        "trainer": "NPO",
        "trainer.args.learning_rate": "1e-3",
        "trainer.args.lr_scheduler_type": "cosine",
        "trainer.args.hub_token": "abc",
        "trainer.args.output_dir": "/home/me/saves",
        "trainer.method_args.retain_loss_type": "KL",
        "model.lora_config.r": "16",
        "seed": "3",
        "model": "Llama",
        "task_name": "run7",
        "wandb_key": "0123",
        "eval.tofu.batch_size": "32",
        "passphrase": "1234",
        "pin": "4711",
        "max_samples": "400",
        "trainer.args.pin": "4711",
        "trainer.args.user_pass": "abc",
        "trainer.args.hub_username": "jane",
        "trainer.args.hub_model_id": "jane",
        "trainer.args.run_name": "JanesModel",
        "lr": "1e-4",
        "trainer.args.gradient_clipping": "1.0",
    }
    kept = ["trainer", "trainer.args.learning_rate", "trainer.args.lr_scheduler_type"]
    kept += ["trainer.method_args.retain_loss_type", "model.lora_config.r", "seed", "lr"]
    kept += ["trainer.args.gradient_clipping"]
    assert list(of_training(ran)) == kept
    assert list(of_training(ran, "DPO lr=1e-5")) == [key for key in kept[2:] if key != "lr"]
    assert of_training({"trainer": "finetune"}) == {}


methods = st.sampled_from(
    [
        "NPO",
        "SimNPO",
        "GradAscent",
        "ga",
        "RMU",
        "IDK_DPO",
        "T3",
        "UniErase",
        "dual_cf",
        "ME+GD",
        "WGA",
        "AltPO",
    ]
)
keys = st.sampled_from(["lr", "beta", "alpha", "gamma", "epochs", "seed", "steps", "layer"])
numbers = st.one_of(
    st.integers(0, 10_000).map(str),
    st.builds("{}e-{}".format, st.integers(1, 9), st.integers(1, 7)),
    st.builds("{}e-0{}".format, st.integers(1, 9), st.integers(1, 7)),
    st.builds("{}.{}".format, st.integers(0, 20), st.integers(0, 99)),
    st.builds("{}p{}".format, st.integers(0, 20), st.integers(0, 99)),
)
splits = st.sampled_from(["", "forget10", "forget01", "city_forget_5", "forget_rare_20"])
forms = st.sampled_from(
    [("_", ""), ("_", "="), ("_", "_"), (" ", "="), (" ", ""), (",", "="), (", ", "="), ("-", "")]
)


@given(methods, st.dictionaries(keys, numbers, max_size=5), splits, forms)
def test_what_is_written_is_read(method, settings, data, form):
    apart, sign = form
    text = "_".join(filter(None, (data, method)))
    text = apart.join([text, *(f"{key}{sign}{value}" for key, value in settings.items())])
    found = trained(text)
    assert found.method == method
    expected = {key: float(value.replace("p", ".")) for key, value in settings.items()}
    assert found.settings == (expected | {"data": data} if data else expected)


@given(
    st.text(max_size=80)
    | st.from_regex(r"([a-z]{1,5}(_|-|=| |,)?[0-9.ep-]{0,5}(_|,| )){1,6}", fullmatch=True)
)
def test_nothing_is_made_up(text):
    """Every word comes from the text, and every number is finite and stands in it."""
    found = trained(text)
    assert all(word in text for word in found.method.split(" "))
    written = [
        float(one.replace("p", ".")) for one in re.findall(r"\d+(?:[.p]\d+)?(?:e[-+]?\d+)?", text.lower())
    ]
    for value in found.settings.values():
        if isinstance(value, str):
            assert all(word in text for word in value.split(" "))
        else:
            assert math.isfinite(value) and abs(value) in written


@pytest.mark.parametrize(
    ("value", "text"),
    [(1e-4, "1e-4"), (2.5e-5, "2.5e-5"), (5e-3, "5e-3"), (0.01, "0.01"), (0.5, "0.5"), (32.0, "32"), (0.0, "0"), (1200.0, "1200"), (2e6, "2e6"), ("KL", "KL")],
)  # fmt: skip
def test_values_as_a_reader_writes_them(value, text):
    assert shown(value) == text
