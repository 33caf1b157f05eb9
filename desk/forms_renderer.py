"""How forms look: every field of every form goes through one template."""

from django.forms.renderers import TemplatesSetting


class FormsRenderer(TemplatesSetting):
    """The setting ``FORM_RENDERER``. Needs ``django.forms`` in ``INSTALLED_APPS`` for Django's widget templates.

    ``{{ form.birth_date.as_field_group }}`` renders one field, ``{{ form }}`` the error summary and all fields.
    """

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"
