"""Networks that have every kind of part, for tests that take too long for the whole zoo."""

__all__ = ["SAMPLE"]

SAMPLE = (
    *("d2l-resnet18", "resnet18", "resnet34", "resnet50", "resnet50-v1", "plain18", "plain34"),
    *("resnet34-a", "resnet34-c", "resnext50_32x4d", "wide_resnet50_2", "resnet50_gn"),
    *("resnet50c", "resnet50d", "resnet10t", "resnetrs50", "test_resnet"),
    *("seresnet18", "seresnext26t_32x4d", "senet154", "ecaresnetlight", "ecaresnet26t"),
    *("resnetblur18", "resnetblur50d", "resnetaa50", "seresnetaa50d"),
    *("resnetv2_18", "resnetv2_50", "resnetv2_50d_gn", "resnetv2_50d_frn", "resnetv2_50d_evos"),
    *("resnetv2_50x1_bit", "cifar-resnet20", "cifar-preresnet110", "cifar-preresnet164"),
    *("regnetx_002", "regnety_002", "d2l-regnetx32"),
    *("wrn-16-8", "cifar-resnext29_8x64d", "vgg16", "vgg19"),
)
